"""What flux_differential.py compares: a table of expressions, random ones, and random Kustomizations."""
import os
import random

VARIABLES = {
    "a": "x", "b": "hello world", "empty": "", "path": "/usr/local/bin/tool.sh", "file": "app.tar.gz", "mixed": "aBcD", "wide": "éÜñ-😀-straße",
    "number": "3", "negative": "-2", "real": "1.50", "exponent": "1e3", "octal": "0644", "hex": "0x1F", "large": "12345678901234567890", "date": "2024-05-01",
    "time": "2001-12-14t21:59:43.10-05:00", "spaced": "2001-12-14 21:59:43.10 -5", "clock": "12:30:45", "truth": "true", "yes": "yes", "off": "off", "y": "y",
    "null": "null", "tilde": "~", "quoted": '"3"', "single": "'3'", "colon": "a: b", "hash": "a #b", "list": "[1, 2]", "map": "{a: 1}", "star": "*x", "question": "?",
    "class": "[a-c]", "tag": "!!str 5", "dash": "- a", "dollar": "$a", "nested": "${a}", "brace": "}", "slash": "/", "backslash": "a\\b", "blanks": " lead trail ",
    "tab": "a\tb", "pattern": "*.", "aaa": "aaaa", "dots": "a.b.c.d", "long": "word " * 40, "inf": ".inf", "nan": ".nan", "merge": "<<",
}

PATTERNS = ["*", "*.", ".*", "a", "*/", "/*", "?", "??", "[a-z]", "[^a]", "[!a]", "[]a]", "[a", "]", "\\*", "\\", "a*b", "*a*", "**", "x*", "*.*.", "app", "tar.gz", "[a-z][a-z]*", "[\\]]",
            "é", "?-", "*-*", "${pattern}", "${star}", "${empty}", "$", "$$", "}", "a}", ".", "*[.]", "[0-9]*", "a?", "*c*d*", "#", "%", "/"]
DEFAULTS = ["", "d", "d e", "${a}", "${b}-x", "x${a}y${b}", "$${a}", "$a", "$$", "a:b", "a}b", "${unset:=deep}", "${unset:=${a}}", "\"q\"", "'q'", "{x: 1}", "=", "-", "5", "2024-05-01", "true", "\\/"]
RANGES = ["0", "1", "2:1", "0:-1", "1:-1", " -4", "-4", "(-4)", ":2", "1:", "0:0", "9:9", "99", "1:99", "x", "1:x", "x:1", "+1", "1:+1", "0x1", "1_0", " 1", "1 ", "1: 2", "${number}", "${number}:1", "1:${number}", "1:1:1", "1::1",
          "${unset}", "3:-99", "-1:2", "99999999999999999999", "1:99999999999999999999", "${negative}"]
REPLACEMENTS = ["a/b", "a/", "a", "/b", "//b", "a//b", "\\//-", ".\\//x", "l/L", "o/0", "$$/x", "$/x", "${a}/y", "x/${b}", "x${a}/y", "x/y${a}", "a/b/c", "a/\\}", "[a-z]/x", "*/x", "${empty}/z", "${empty}/", ".gz/.xz", "/usr/X",
                "a/b\\/c", "a/\\\\", "\\\\/y", "é/e", "a}/b", "a/b$$c", "app/lib"]


def table():
    """Every expression of the table, each in its place and order."""
    names = ["a", "path", "file", "mixed", "wide", "empty", "unset", "aaa", "dots"]
    out = ["$$a", "$$", "$", "$$$", "$$$$", "$$${a}", "$$$${a}", "$${a}", "$${a", "$${${a}}", "$a ${a} $$a", "a$", "${", "${}", "${a", "${ a}", "${a }", "${1}", "${1a}", "${a.b}", "${é}", "${_}", "${a-b}", "${unset-d}", "${a-}", "${a+b}",
           "${a?b}", "${a!}", "${!a}", "${a@Q}", "${a[0]}", "${#}", "${#a}", "${##a}", "${#a }", "${#wide}", "${#unset}", "${#a:1}", "{}", "}", "$(a)", "$((1+1))", "`a`", "\\${a}", "\\\\${a}", "\\$${a}", "x${a}y${b}z", "${a}${a}${a}", "${nested}",
           "${dollar}{a}", "$${nested}", "text without any", "${long}", "# ${a}", "${a}: ${b}", "- ${a}", "${a} # ${b}", "line one ${a}\nline two ${b}\n", "line\n\n  ${b}\n", "${b}\n", "folded " * 20 + "${unset:=words that may be folded over lines} end", "\t${a}", "${a}\t", " ${a}", "${a} ",
           "'${a}'", '"${a}"', "\"${b}\" and '${a}'", "é ${a}", "😀 ${a}", "${a} 😀", "\u0007${a}", "\\${unset:=\\\\}"]
    out += ["${" + name + "}" for name in VARIABLES]
    out += [before + "${" + name + "}" + after for name in VARIABLES for before, after in (("x", ""), ("", "x"), ("\"", "\""), ("- ", ""), ("", ": 1"))]
    for name in names:
        out += ["${" + name + operator + "}" for operator in ("^", "^^", ",", ",,", "^,", ",^", "^^^", "^x", ",x")]
    for operator in ("#", "##", "%", "%%"):
        out += ["${" + name + operator + pattern + "}" for name in ("path", "file", "wide", "aaa", "dots", "empty") for pattern in PATTERNS]
        out += ["${unset" + operator + "a}", "${a" + operator + "}", "${a" + operator + "x${a}}"]
    for operator in ("=", ":=", ":-", ":?", ":+", "-", "+", "?"):
        out += ["${" + name + operator + text + "}" for name in ("a", "empty", "unset") for text in DEFAULTS]
    out += ["${" + name + ":" + text + "}" for name in ("path", "wide", "empty", "unset") for text in RANGES]
    for operator in ("/", "//", "/#", "/%"):
        out += ["${" + name + operator + text + "}" for name in ("path", "file", "wide", "aaa", "empty") for text in REPLACEMENTS]
        out += ["${unset" + operator + "a/b}"]
    return list(dict.fromkeys(out))


class Expressions:
    """A random object with random expressions in it."""

    def __init__(self, seed):
        self.rnd = random.Random(seed)

    def pick(self, items):
        return self.rnd.choice(items)

    def expression(self, depth=0):
        name = self.pick(list(VARIABLES) + ["unset", "other"])
        kind = self.rnd.randrange(9)
        if kind < 3:
            return "${" + name + "}"
        word = self.expression(depth + 1) if depth < 3 and self.rnd.random() < 0.3 else None
        if kind == 3:
            return "${" + name + self.pick(["#", "##", "%", "%%"]) + (word or self.pick(PATTERNS)) + "}"
        if kind == 4:
            return "${" + name + self.pick([":=", ":-", "=", ":+", ":?"]) + (word or "") + self.pick(DEFAULTS) + "}"
        if kind == 5:
            return "${" + name + ":" + (word or self.pick(RANGES)) + "}"
        if kind == 6:
            return "${" + name + self.pick(["/", "//", "/#", "/%"]) + (self.pick(REPLACEMENTS) if not word else f"{word}/{self.pick(DEFAULTS)}") + "}"
        if kind == 7:
            return "${" + name + self.pick(["^", "^^", ",", ",,"]) + "}"
        return "${#" + name + "}"

    def text(self):
        pieces = ["", " ", "x", "$", "$$", "\n", "  ", ": ", "#", "'", '"', "{", "}", "[", "]", ",", "- ", "\\", "é", "😀", "word " * 12, "\t", "$${", "key=", "/", "|", ">", "&", "*", "!", "%", "@", "`"]
        out = "".join(self.pick(pieces) if self.rnd.random() < 0.45 else self.expression() for _ in range(self.rnd.randint(1, 4)))
        # Nearly all texts that hold a lone piece of an expression are refused.
        return out

    def request(self):
        data = {self.pick(["v", "w", "long-key." * 3, "${a}", "${number}"]): self.text() for _ in range(self.rnd.randint(1, 2))}
        item = {"apiVersion": "v1", "kind": self.pick(["ConfigMap", "Widget"]), "metadata": {"name": self.pick(["c", "c-${a}"])}, "data": data}
        if self.rnd.random() < 0.2:
            item["list"] = [self.text(), {"deep": self.text(), "number": 1.5, "flag": True, "none": None}]
        return {"object": item, "substitute": VARIABLES, "strict": self.rnd.random() < 0.3}


DATES = ["2024-05-01", "2001-12-14t21:59:43.10-05:00", "2001-12-14 21:59:43.10 -5", "12:30:45", "2001-1-1", "2024-05-01T10:00:00Z"]


class Folder:
    """A random artifact and the Kustomization that builds it."""

    def __init__(self, seed):
        rnd = self.rnd = random.Random(seed)
        self.is_strict = rnd.random() < 0.3
        self.files = {}
        spec = {"interval": "10m", "prune": True, "sourceRef": {"kind": "GitRepository", "name": "s"},
                "path": rnd.choice(["./app", "app", "/app", "./app/", "../../app", "app/../app"])}
        self.add_folder()
        word = lambda: rnd.choice(DATES + ["x", "yes", "1.1", "d-1"])  # noqa: E731
        if rnd.random() < 0.3:
            spec["targetNamespace"] = rnd.choice(["one", "2024-05-01"])
        if rnd.random() < 0.2:
            spec["namePrefix"] = rnd.choice(["p-", "2024-05-01-"])
        if rnd.random() < 0.2:
            spec["nameSuffix"] = "-s"
        if rnd.random() < 0.4:
            spec["patches"] = [{"target": {"kind": "ConfigMap"}, "patch": rnd.choice([
                f"- {{op: add, path: /metadata/annotations, value: {{p: {word()}}}}}\n",
                f'[{{"op": "add", "path": "/data/p", "value": "{word()}"}}]',
                f"- op: replace\n  path: /data/k\n  value: {word()}\n",
                f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: any\n  annotations:\n    merged: {word()}\n"])}]
        if rnd.random() < 0.3:
            spec["images"] = [{"name": "nginx", **rnd.choice([{"newTag": word()}, {"newName": "new"}, {"digest": "sha256:ff"}, {"newName": "new", "newTag": "9"}])}]
        if rnd.random() < 0.2:
            spec["buildMetadata"] = rnd.choice([["originAnnotations"], ["transformerAnnotations", "originAnnotations"], []])
        if rnd.random() < 0.5:
            spec["postBuild"] = {"substitute": {key: VARIABLES[key] for key in rnd.sample(sorted(VARIABLES), 12)}}
        self.owner = {"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization", "metadata": {"name": "app", "namespace": "x"}, "spec": spec}

    def value(self):
        rnd = self.rnd
        return rnd.choice(DATES + ["x", "'yes'", "\"1\"", "${a:=d}", "${date}", "${number:=1}", "$$x", "a ${b:=c} d", ">-\n    one \n      two\n    three", "|\n    $${x} ${y:=z}\n", "1.10", "~", "!!str 2024-05-01"])

    def config_map(self, name):
        lines = ["apiVersion: v1", "kind: ConfigMap", "metadata:", f"  name: {name}"]
        if self.rnd.random() < 0.4:
            lines += ["  annotations:", f"    note: {self.rnd.choice(DATES + ['text', '${a:=d}'])}"]
        lines += ["data:"] + [f"  k{i if i else ''}: {self.value()}" for i in range(self.rnd.randint(1, 3))]
        return "\n".join(lines) + "\n"

    def deployment(self, name):
        return (f"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {name}\nspec:\n  template:\n    spec:\n      containers:\n      - name: c\n"
                f"        image: {self.rnd.choice(['nginx', 'nginx:1', 'redis:2', 'nginx@sha256:aa'])}\n")

    def add_folder(self):
        rnd = self.rnd
        kind = rnd.randrange(10)
        header = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
        self.files["README"] = "no manifest\n"
        if kind == 0:  # says nothing
            self.files["app/kustomization.yaml"] = rnd.choice(["", "# nothing\n", "null\n", "~\n", "---\n", "{}\n", header, "kind: Kustomization\n", "resources: []\n", "resources:\n", header + "metadata: {name: x}\n", "namePrefix: ''\n", "\n\n"])
            return
        if kind == 1:  # nothing but generators
            self.files["app/kustomization.yaml"] = header + rnd.choice([
                "configMapGenerator:\n- name: only\n  literals: [a=b]\n", "secretGenerator:\n- {name: only, literals: [a=b], options: {disableNameSuffixHash: true}}\n",
                "configMapGenerator:\n- name: only\n  literals: [a=b]\nbuildMetadata: [transformerAnnotations]\n", "components: [../part]\n", "bases: [../part2]\n", "generators: [g.yaml]\n"])
            self.files["part/kustomization.yaml"] = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nconfigMapGenerator: [{name: part, literals: [a=b]}]\n"
            self.files["part2/kustomization.yaml"] = "resources: [c.yaml]\n"
            self.files["part2/c.yaml"] = self.config_map("part2")
            self.files["app/g.yaml"] = "{apiVersion: builtin, kind: ConfigMapGenerator, metadata: {name: g}, literals: [a=b]}\n"
            return
        names = [f"m{i}" for i in range(rnd.randint(0 if kind == 2 else 1, 3))]
        for i, name in enumerate(names):
            self.files[f"app/{name}.yaml"] = self.deployment(name) if i == 2 else self.config_map(name)
        if kind <= 4:  # no kustomization: generated
            if not names:
                self.files["app/README"] = "empty\n"
            return
        lines = [header, f"resources: [{', '.join(name + '.yaml' for name in names)}]\n"]
        if rnd.random() < 0.3:
            lines.append(f"images:\n- name: nginx\n  newTag: {rnd.choice(DATES)}\n- {{name: redis, newName: r2}}\n")
        if rnd.random() < 0.3:
            lines.append(f"commonAnnotations:\n  day: {rnd.choice(DATES)}\n")
        if rnd.random() < 0.3:
            lines.append("configMapGenerator:\n- name: made\n  literals: ['a=${a:=b}', 'date=2024-05-01']\n")
        if rnd.random() < 0.2:
            lines.append("buildMetadata: [originAnnotations]\n")
        self.files["app/kustomization.yaml"] = "".join(lines)

    def save(self, root):
        for path, content in self.files.items():
            full = os.path.join(root, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w") as file:
                file.write(content)
