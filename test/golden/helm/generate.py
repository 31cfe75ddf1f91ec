"""Random charts for differential.py: what public charts are made of, put together by a seed.

Left out, because helm itself gives another answer each time: random and clock functions (rand*, uuidv4, gen*, htpasswd,
bcrypt, encryptAES, now, ago), the order of `keys` and `values` (always sorted here), `getHostByName`, and printing of pointers.
"""
import json
import os
import random
import re

HELPERS = """{{- define "NAME.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- define "NAME.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- $name := default .Chart.Name .Values.nameOverride }}
{{- if contains $name .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}
{{- end }}
{{- define "NAME.chart" -}}
{{- printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- define "NAME.selectorLabels" -}}
app.kubernetes.io/name: {{ include "NAME.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
{{- define "NAME.labels" -}}
helm.sh/chart: {{ include "NAME.chart" . }}
{{ include "NAME.selectorLabels" . }}
{{- if .Chart.AppVersion }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}
{{- define "NAME.image" -}}
{{- $registry := .image.registry -}}
{{- if .global }}{{ if .global.registry }}{{ $registry = .global.registry }}{{ end }}{{ end -}}
{{- $tag := .image.tag | default .chart.AppVersion | toString -}}
{{- if $registry }}{{ printf "%s/%s:%s" $registry .image.repository $tag }}{{ else }}{{ printf "%s:%s" .image.repository $tag }}{{ end -}}
{{- end }}
{{- define "NAME.render" -}}
{{- if typeIs "string" .value }}{{ tpl .value .context }}{{ else }}{{ tpl (.value | toYaml) .context }}{{ end }}
{{- end }}
"""

KINDS = {
    "deployment.yaml": """{{- if CONDITION }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "NAME.fullname" . }}
  labels:
    {{- include "NAME.labels" . | nindent 4 }}
  {{- with .Values.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- if not .Values.autoscaling.enabled }}
  replicas: {{ .Values.replicaCount }}
  {{- end }}
  selector:
    matchLabels: {{- include "NAME.selectorLabels" . | nindent 6 }}
  template:
    metadata:
      annotations:
        checksum/config: {{ include (print $.Template.BasePath "/configmap.yaml") . | sha256sum }}
    spec:
      containers:
        - name: {{ .Chart.Name }}
          image: {{ include "NAME.image" (dict "image" .Values.image "global" .Values.global "chart" .Chart) | quote }}
          imagePullPolicy: {{ .Values.image.pullPolicy | default "IfNotPresent" }}
          env:
          {{- range $k, $v := .Values.env }}
            - name: {{ $k | upper | replace "-" "_" }}
              value: {{ $v | quote }}
          {{- end }}
          {{- if .Values.extraEnv }}
          {{- include "NAME.render" (dict "value" .Values.extraEnv "context" $) | nindent 12 }}
          {{- end }}
          ports:
          {{- range .Values.service.ports }}
            - name: {{ .name }}
              containerPort: {{ .port | int }}
          {{- else }}
            []
          {{- end }}
          resources: {{- toYaml .Values.resources | nindent 12 }}
          FRAGMENT
      {{- with .Values.nodeSelector }}
      nodeSelector: {{ toYaml . | nindent 8 }}
      {{- end }}
{{- end }}
""",
    "service.yaml": """apiVersion: v1
kind: Service
metadata:
  name: {{ include "NAME.fullname" . | quote }}
  labels: {{- include "NAME.labels" . | nindent 4 }}
spec:
  type: {{ .Values.service.type }}
  ports:
    {{- range $i, $p := .Values.service.ports }}
    - port: {{ $p.port }}
      name: {{ $p.name | default (printf "port-%d" $i) }}
      {{- if and (eq $.Values.service.type "NodePort") $p.nodePort }}
      nodePort: {{ $p.nodePort }}
      {{- end }}
    {{- end }}
  selector: {{- include "NAME.selectorLabels" . | nindent 4 }}
""",
    "ingress.yaml": """{{- if .Values.ingress.enabled -}}
{{- $full := include "NAME.fullname" . -}}
{{- if semverCompare RANGE .Capabilities.KubeVersion.GitVersion }}
apiVersion: networking.k8s.io/v1
{{- else if .Capabilities.APIVersions.Has "networking.k8s.io/v1beta1" }}
apiVersion: networking.k8s.io/v1beta1
{{- else }}
apiVersion: extensions/v1beta1
{{- end }}
kind: Ingress
metadata:
  name: {{ $full }}
spec:
  rules:
    {{- range .Values.ingress.hosts }}
    - host: {{ tpl .host $ | quote }}
      http:
        paths:
          {{- range .paths }}
          - path: {{ . }}
            backend: {service: {name: {{ $full }}}}
          {{- end }}
    {{- end }}
{{- end }}
""",
    "secret.yaml": """apiVersion: v1
kind: Secret
metadata:
  name: {{ template "NAME.fullname" . }}
type: Opaque
data:
  {{- range $k, $v := .Values.secrets }}
  {{ $k }}: {{ $v | toString | b64enc | quote }}
  {{- end }}
  password: {{ REQUIRED | b64enc }}
{{- $old := lookup "v1" "Secret" .Release.Namespace "old" }}
{{- if $old }}
  old: {{ index $old.data "old" }}
{{- end }}
""",
    "hook.yaml": """apiVersion: batch/v1
kind: Job
metadata:
  name: {{ include "NAME.fullname" . }}-EVENT
  annotations:
    "helm.sh/hook": EVENT
    "helm.sh/hook-weight": "WEIGHT"
    "helm.sh/hook-delete-policy": before-hook-creation
spec:
  backoffLimit: {{ .Values.replicaCount }}
""",
    "tests/test.yaml": """apiVersion: v1
kind: Pod
metadata:
  name: "{{ include "NAME.fullname" . }}-test"
  annotations:
    "helm.sh/hook": test
""",
    "many.yaml": """{{- range $i, $e := .Values.ENTRIES }}
---
apiVersion: v1
kind: KIND
metadata:
  name: {{ include "NAME.fullname" $ }}-{{ $i }}
  annotations: {{ dict "entry" ($e | toJson) | toYaml | nindent 4 }}
{{- end }}
""",
    "NOTES.txt": """{{ .Release.Name }} in {{ .Release.Namespace }}, revision {{ .Release.Revision }}
""",
}

VALUES = {
    "replicaCount": [1, 2, 3, 0, 1000000, "2", None],
    "nameOverride": ["", "short", "a-name-that-is-long-" * 4, None],
    "fullnameOverride": ["", "", "full"],
    "image": [
        {"repository": "nginx", "tag": ""}, {"repository": "ghcr.io/a/b", "tag": 1.25, "pullPolicy": "Always"},
        {"registry": "docker.io", "repository": "r", "tag": "1.10"}, {"repository": "x", "tag": None}
    ],
    "annotations": [{}, {"a/b": "c"}, {"z": "1", "b": "true", "a": "x: y"}, None],
    "commonLabels": [{}, {"team": "core", "tier": "10"}, None],
    "service": [
        {"type": "ClusterIP", "ports": [{"name": "http", "port": 80}]},
        {"type": "NodePort", "ports": [{"port": 8080, "nodePort": 30000}, {"name": "m", "port": "9090"}]},
        {"type": "LoadBalancer", "ports": []}
    ],
    "ingress": [
        {"enabled": False, "hosts": []}, {"enabled": True, "hosts": [{"host": "a.example", "paths": ["/", "/b"]}]},
        {"enabled": True, "hosts": [{"host": "{{ .Release.Name }}.example", "paths": []}]}
    ],
    "autoscaling": [{"enabled": False}, {"enabled": True, "min": 1}],
    "resources": [{}, {"limits": {"cpu": "100m", "memory": "128Mi"}}, {"requests": {"cpu": 0.5, "memory": 134217728}}],
    "nodeSelector": [{}, {"kubernetes.io/os": "linux"}],
    "env": [{}, {"log-level": "debug", "n": 5, "on": True, "f": 1.5, "nothing": None}, {"a": "x\ny\n", "empty": ""}],
    "extraEnv": [
        [], "", [{"name": "R", "value": "{{ .Release.Name }}"}], "- name: S\n  value: {{ .Chart.Name | quote }}\n"
    ],
    "mustFail": [False, True],
    "secrets": [{}, {"user": "admin", "pin": 1234, "word": "päss"}, {"big": 12345678901}],
    "password": ["secret", "", None, 7],
    "config": [
        {"server": {"port": 8080, "hosts": ["a", "b"]}, "debug": False, "text": "t"},
        {"list": [1, 2.5, "three", None, True], "text": "", "x": {"y": {"z": "deep"}}},
        {"text": "line one\nline two\n", "tail": "no end\nhere", "quoted": "yes", "num": "0123", "date": "2024-01-02"},
        {}
    ],
    "items": [
        ["c", "a", "b", "a"], [3, 1, 2], [{"name": "one", "port": 80}, {"name": "two", "port": 443}],
        ["x", None, 1.5, True], []
    ],
    "text": [
        "plain", "", "with spaces and, commas", "Ümlaut ß", "{{ .Values.number }}", '{{ include "NAME.name" . }}-t',
        " padded ", "a: b\nc: [1, 2]\n", "{{ .Values.absent.x }}"
    ],
    "number": [0, 1, -7, 42, 3.75, 1e6, 123456789, 9007199254740993, "15", 1e+21],
    "flag": [True, False, "true", None, ""],
    "version": ["1.2.3", "v2.0.0-rc.1", "1.30", "not-a-version", "0.0.1+build"],
}

# So many of the first values of a key are what its templates expect; the others come in one chart of four.
EXPECTED = {"replicaCount": 5, "nameOverride": 3, "annotations": 3, "commonLabels": 2, "password": 1, "mustFail": 1,
    "config": 3,
    "items": 4, "text": 8, "number": 8, "flag": 2, "version": 3}

STRING, NUMBER, BOOLEAN, LIST, MAP, ANY = "string", "number", "boolean", "list", "map", "any"

# What gives each type: {s} {n} {b} {l} {m} {a} are replaced by an expression of that type, R by the root (`.` or `$`).
GRAMMAR = {
    STRING: [
        'R.Values.text', 'R.Values.text', 'R.Release.Name', 'R.Chart.Name', 'R.Chart.AppVersion', 'R.Release.Namespace',
        '"lit"', '"a,b,c"', '`raw`', '""', 'R.Values.version', 'R.Values.config.text', 'R.Template.Name',
        '({s} | upper)', '(lower {s})', '({s} | title)', '({s} | trim)', '({s} | quote)', '(squote {s})',
        '({s} | default "d")', '(default {s} {s})', '(printf "%s-%s" {s} {s})', '(printf "%d" ({n} | int))',
        '(printf "%v" {a})', '(printf "%5.2f|%-6s|%q" ({n} | float64) {s} {s})', '(print {s} {n} {a})',
        '(toString {a})', '({a} | toYaml)', '({a} | toJson)', '(toPrettyJson {a})', '({m} | toToml)', '(join "," {l})',
        '({l} | toStrings | sortAlpha | join "-")', '({s} | trunc 5)', '({s} | trunc -3)', '({s} | replace "a" "o")',
        '({s} | trimSuffix "e")', '({s} | trimPrefix "p")', '({s} | trimAll "-")', '({s} | b64enc)',
        '({s} | b64enc | b64dec)', '({s} | sha256sum)', '({s} | sha1sum)', '({s} | adler32sum)', '({s} | b32enc)',
        '({s} | indent 2)', '({s} | nindent 4)', '(repeat 2 {s})', '(substr 0 3 {s})', '({s} | snakecase)',
        '({s} | camelcase)', '({s} | kebabcase)', '({s} | swapcase)', '({s} | nospace)', '({s} | initials)',
        '({s} | abbrev 8)', '({s} | wrap 6)', '(cat {s} {n} {s})', '(ternary {s} {s} {b})',
        '({b} | ternary "yes" "no")', '(regexReplaceAll "[a-e]+" {s} "<${{0}}>")', '(regexFind "[a-z]+" {s})',
        '(regexReplaceAllLiteral "a|b" {s} "$1")', '(regexQuoteMeta {s})', '(coalesce {s} {s} "last")',
        '(first (splitList "," {s}))', '(include "NAME.name" R)', '(include "NAME.labels" R)', '(tpl {s} R)',
        '(tpl "{{{{ .Values.number }}}}-{{{{ .Chart.Name }}}}" R)', '(required "text is required" {s})', '(kindOf {a})',
        '(typeOf {a})', '(dig "server" "port" "none" {m})', '(get {m} "text")', '(R.Files.Get "files/a.txt")',
        '(R.Files.Get "absent")', '((R.Files.Glob "files/*").AsConfig)', '((R.Files.Glob "files/*.txt").AsSecrets)',
        '(R.Files.Lines "files/a.txt" | join "+")', '(urlquery {s})', '({s} | html)', '(base "/a/b.c")',
        '(dir "/a/b.c")', '(ext "b.tar.gz")', '(clean "a//b/../c")', '(plural "one" "many" ({n} | int))',
        '(semver "1.2.3-a+b").Prerelease', '(urlParse "https://u:p@h:1/p?q=1#f").host', '(index {l} 0)', '({l} | last)',
        '(toRawJson {a})', '(date "2006-01-02" (toDate "2006-01-02" "2021-03-04"))',
        '(lookup "v1" "Secret" "ns" "n" | toJson)', '(splitn "," 2 {s})._0', '(split "-" {s})._0',
        '(tpl (toYaml {m}) R)', '(list {s} {s} | join " ")', '({s} | untitle)', '(toYamlPretty {m})',
        '(durationRound "3h25m45s")', '({m} | keys | sortAlpha | join ",")',
        '(pluck "text" {m} {m} | first | default "none")', '(R.Capabilities.KubeVersion.Version)',
        '(R.Capabilities.KubeVersion.Minor)'
    ],
    NUMBER: [
        'R.Values.number', 'R.Values.number', 'R.Values.replicaCount', '3', '-2', '1.5', '0', '(int {n})',
        '(int64 {n})', '(float64 {n})', '(add {n} {n})', '(sub {n} 2)', '(mul {n} 3)', '(div {n} 4)', '(mod {n} 5)',
        '(add1 {n})', '(max {n} {n})', '(min 3 {n})', '(len {l})', '(len {s})', '(atoi "12")', '(floor {n})',
        '(ceil {n})', '(round {n} 1)', '(addf {n} 0.5)', '(mulf {n} 2)', '(subf {n} 1)', '(divf {n} 2)',
        '(default 8 {n})', '(index R.Values "number")', '(ternary 1 2 {b})', '(toDecimal "777")',
        '(R.Release.Revision)', '(biggest 1 {n})', '(maxf 1 {n})', '(minf 1 {n})'
    ],
    BOOLEAN: [
        'R.Values.flag', 'true', 'false', '(not {b})', '(and {b} {a})', '(or {a} {b})', '(eq {s} {s})',
        '(ne {s} "lit")', '(eq (int {n}) 3)', '(lt (int {n}) 5)', '(gt (float64 {n}) 2.0)', '(le {s} {s})',
        '(ge (int64 {n}) (int64 2))', '(empty {a})', '(hasKey {m} "server")', '(has {s} {l})', '(contains "a" {s})',
        '(hasPrefix "p" {s})', '(hasSuffix "n" {s})', '(regexMatch "^[a-z]+$" {s})',
        '(semverCompare ">=1.2.0-0" R.Values.version)', '(semverCompare "^1.20" R.Capabilities.KubeVersion.Version)',
        '(kindIs "map" {a})', '(kindIs "string" {a})', '(typeIs "float64" {a})', '(typeIsLike "string" {a})',
        '(deepEqual {a} {a})', '(all {s} {n})', '(any {s} {b})', '(R.Capabilities.APIVersions.Has "apps/v1")',
        '(R.Capabilities.APIVersions.Has "monitoring.coreos.com/v1")', 'R.Release.IsInstall', 'R.Release.IsUpgrade',
        '(isAbs "/a")', '(eq (kindOf {a}) "map" "slice")'
    ],
    LIST: [
        'R.Values.items', 'R.Values.items', 'R.Values.service.ports', '(list 1 2 3)', '(list {s} {s} {n})', '(until 3)',
        '(untilStep 0 6 2)', '(seq 3 | splitList " ")', '(splitList "," {s})', '(keys {m} | sortAlpha)',
        '(append {l} {s})', '(prepend {l} {n})', '(concat {l} {l})', '(reverse {l})', '(uniq {l})', '(compact {l})',
        '(without {l} "a")', '(rest {l})', '(initial {l})', '(slice {l} 0 1)', '(tuple {s} {n})',
        '(fromYamlArray "[1, a]")', '(fromJsonArray "[1,{{\\"a\\":2}}]")', '(chunk 2 {l})', '(default (list) {l})',
        '(regexSplit "[ ,]" {s} -1)', '(regexFindAll "[a-z]" {s} 2)', '(sortAlpha {l})', '(pluck "name" {m} {m})'
    ],
    MAP: [
        'R.Values.config', 'R.Values.config', 'R.Values.image', 'R.Values.env', 'R.Values.global', '(dict)',
        '(dict "a" {s} "b" {n})', '(dict "k" {a} "z" {l})', '(merge (dict "m" {s}) {m})',
        '(mergeOverwrite (dict "server" 1) {m})', '(deepCopy {m})', '(pick {m} "server" "text")', '(omit {m} "text")',
        '(set (deepCopy {m}) "added" {a})', '(unset (deepCopy {m}) "server")', '(fromYaml (toYaml {m}))',
        '(fromJson (toJson {m}))', '(fromYaml {s})', '(R.Values.absent | default dict)', '(merge (dict) {m} {m})',
        '(fromYaml (include "NAME.labels" R))', '(index R.Values "config")', '(default (dict "d" 1) {m})',
        '(mustMergeOverwrite (dict) {m} {m})', '(R.Files.Get "files/b.yaml" | fromYaml)'
    ],
}
LETTERS = {"s": STRING, "n": NUMBER, "b": BOOLEAN, "l": LIST, "m": MAP}
# Statements. Letters in brackets are an expression of one of these types, <in> a statement, <in$> one below another dot;
# <root> where the chart's data is, <top> the same before a field, <v> a number for variables, <-> a trim mark or none.
ACTIONS = {
    "print": [
        "{{<-> <nblm> <->}}", "{{ <a> | toJson }}", "{{ <a> | toString | nindent <indent> }}",
        "{{ <a> | toYaml | nindent <indent> }}", "{{ <a> | print | squote }}"
    ],
    "quote": ["{{ <a> | quote }}"],
    "if": ["{{- if <b> }}\n<in>\n{{- else if <a> <->}}\n<in>\n{{- else }}\n<in>\n{{- end }}", "{{- if <b> }}\n<in>\n{{ end -}}"],
    "with": [
        "{{- with <a> }}\n{{ . | toJson }}<in$>\n{{- else }}\nwithout\n{{- end }}",
        "{{- with <m> }}\n{{ .text | quote }}{{- else with <s> }}\n{{ . | quote }}{{- end }}"
    ],
    "range": [
        "{{- range <llm> }}\n- {{ . | toJson }} <in$>\n{{- else }}\nnone\n{{- end }}",
        "{{ range $i<v>, $v<v> := <lm> }}{{ $i<v> }}={{ $v<v> | toJson }};{{ end }}",
        "{{ range $i := until 5 }}{{ if eq $i 1 }}{{ continue }}{{ end }}{{ if gt $i 3 }}{{ break }}{{ end }}{{ $i }}{{ end }}"
    ],
    "variable": ["{{- $v<v> := <a> }}{{ if <b> }}{{ $v<v> = <a> }}{{ end }}{{ $v<v> | toJson }}"],
    "set": [
        '{{- $_ := set <top>.Values "text" <s> }}{{ <top>.Values.text | quote }}',
        '{{- $_ := set <top>.Values "number" <n> }}{{ <top>.Values.number }}',
        '{{- $_ := set <top>.Values.config "added" <a> }}{{ <top>.Values.config | toJson }}',
        '{{- $_ := set <root> "Extra" <a> }}{{ <top>.Extra | toJson }}', '{{- $_ := unset <top>.Values.env "n" }}'
    ],
    "block": ['{{ block "block<v>" <root> }}{{ .Release.Name }}{{ end }}'],
    "define": [
        '{{ include "shared.1" (dict "root" <root> "value" <a>) | quote }}',
        '{{ include "shared.2" (dict "root" <root> "value" <a>) | nindent <indent> }}',
        '{{ template "shared.3" (dict "root" <root> "value" <nb>) }}'
    ],
    "comment": ["{{- /* a comment */ -}} c"],
    "tpl": [
        "{{ tpl `{{ range $i := until 2 }}{{ $i }}{{ $.Values.number }}{{ end }}` <root> }}",
        '{{ tpl `{{ define "in.tpl" }}{{ .Chart.Name }}{{ end }}{{ include "in.tpl" . }}` <root> }}'
    ],
    "fail": ['{{ if <top>.Values.mustFail }}{{ fail (printf "failed: %s" <s>) }}{{ end }}'],
    "subcharts": [
        "{{ range $k, $s := <top>.Subcharts }}{{ $k }}:{{ $s.Values.number }},{{ $s.Chart.Name }}{{ end }}",
        "{{ <top>.Values | toYaml | nindent <indent> }}", "{{ <top>.Template.Name }} {{ <top>.Template.BasePath }}"
    ],
}
FUNCTION = re.compile(r"(?:\(|\| )([a-z][A-Za-z0-9]+)")
WORDS = sorted({w for options in GRAMMAR.values() for o in options for w in FUNCTION.findall(o)} | set(ACTIONS))


class Chart:
    def __init__(self, seed):
        self.seed, self.random, self.files, self.arguments = seed, random.Random(seed), {}, []
        self.words, self.variables = set(), 0
        self.is_wild = self.random.random() < 0.25

    # Expressions

    def expression(self, kind, root, depth):
        chance = self.random
        if kind == ANY:
            kind = chance.choice(list(GRAMMAR))
        elif self.is_wild and chance.random() < 0.01:
            kind = chance.choice(list(GRAMMAR))     # the wrong type, as people's values have it
        options = GRAMMAR[kind]
        plain = [o for o in options if "{" not in o]
        option = chance.choice(plain if depth <= 0 or chance.random() < 0.3 else options)
        text = re.sub(r"\{([snblma])\}", lambda m: self.expression(LETTERS.get(m[1], ANY), root, depth - 1), option)
        text = text.replace("{{{{", "\x01").replace("}}}}", "\x02").replace("{{", "{").replace("}}", "}")
        self.words.update(FUNCTION.findall(text))
        return re.sub(r"\bR\.", root + "." if root != "." else ".", re.sub(r"\bR\)", root + ")", text)).replace("\x01",
            "{{").replace("\x02", "}}")

    def action(self, root, depth, indent):
        """A fragment of text for a block scalar."""
        kind = self.random.choice(list(ACTIONS) if depth > 0 else ["print", "quote"])
        self.words.add(kind)
        self.variables += 1
        number = self.variables

        def part(match):
            mark = match[1]
            if mark in ("in", "in$"):
                return self.action("$" if mark == "in$" else root, depth - 1, indent)
            if mark == "root":
                return root
            if mark == "top":
                return "" if root == "." else root
            if mark == "v":
                return str(number)
            if mark == "-":
                return self.random.choice(["-", "", ""])
            if mark == "indent":
                return str(indent)
            return self.expression(LETTERS.get(self.random.choice(mark), ANY), root, depth)

        text = self.random.choice(ACTIONS[kind]).replace("\n", "\n" + " " * indent)
        return re.sub(r"<(in\$?|root|top|v|-|indent|[snblma]+)>", part, text)

    def configmap(self, name, file):
        chance = self.random
        text = f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{{{ include \"{name}.fullname\" . }}}}-{file.split('.')[0]}\ndata:\n"
        for n in range(chance.randint(1, 4)):
            style = chance.choice(["|", "|-", "quote", "yaml"])
            if style == "quote":
                text += f"  k{n}: {{{{ {self.expression(ANY, '.', 2)} | toString | quote }}}}\n"
            elif style == "yaml":
                text += f"  k{n}: |\n    {{{{- {self.expression(MAP, '.', 2)} | toYaml | nindent 4 }}}}\n"
            else:
                text += f"  k{n}: {style}\n    {chance.choice(['text', 'a: 1', '# comment'])}\n    {self.action('.', chance.choice([1, 1, 2, 3]), 4)}\n"
        return text

    # Charts

    def values(self, share):
        return {key: self.random.choice(options if self.is_wild else options[:EXPECTED.get(key)]) for key,
            options in VALUES.items() if self.random.random() < share}

    def chart(self, folder, name, depth, is_library=False):
        chance = self.random
        meta = {"apiVersion": "v2", "name": name, "version": chance.choice(["0.1.0", "1.2.3-beta.1", "10.0.0+meta"])}
        if chance.random() < 0.8:
            meta["appVersion"] = chance.choice(["1.16.0", "latest", "2"])
        if is_library:
            meta["type"] = "library"
        if chance.random() < 0.06:
            meta["kubeVersion"] = chance.choice([">=1.18.0-0", ">=1.18", "^1.25.0"])
        values = self.values(0.97 if self.is_wild else 1.0)
        if chance.random() < 0.5:
            values["global"] = chance.choice([{"registry": "reg.example"}, {"a": {"b": chance.randint(0, 9)}}, {},
                {"registry": None}])
        dependencies = []
        for n in range(chance.choice([0, 0, 1, 2, 3]) if depth else 0):
            sub = f"{chance.choice(['redis', 'db', 'common', 'web'])}{n}"
            self.chart(f"{folder}/charts/{sub}", sub, depth - 1, sub.startswith("common") and chance.random() < 0.7)
            for alias in [None] if chance.random() < 0.85 else ["first" + str(n), "second" + str(n)]:
                dependency = {"name": sub, "version": chance.choice(["*", ">=0.0.0-0", "x.x.x-0"]), "repository": ""}
                if alias or chance.random() < 0.15:
                    dependency["alias"] = alias or "al" + str(n)
                known = dependency.get("alias", sub)
                if chance.random() < 0.4:
                    dependency["condition"] = chance.choice([f"{known}.enabled", f"absent.key,{known}.enabled",
                        "global.on"])
                if chance.random() < 0.25:
                    dependency["tags"] = [chance.choice(["back", "front"])]
                if chance.random() < 0.25:
                    dependency["import-values"] = [chance.choice(["exported", {"child": "config", "parent": "imported"},
                        {"child": "absent", "parent": "x"}, {"child": "service", "parent": "service"}])]
                if chance.random() < 0.7:
                    values[known] = self.values(0.2)
                    if chance.random() < 0.6:
                        values[known]["enabled"] = chance.random() < 0.7
                dependencies.append(dependency)
        if dependencies and chance.random() < 0.9:
            meta["dependencies"] = dependencies
        if chance.random() < 0.2:
            values["exports"] = {"exported": {"fromChild": {"n": chance.randint(0, 9)}, "number": 77}}
        if chance.random() < 0.2:
            values["tags"] = {"back": chance.random() < 0.5}
        self.save(f"{folder}/Chart.yaml", json.dumps(meta))
        self.save(f"{folder}/values.yaml", self.yaml(values, 0).replace("NAME.", name + "."))
        if chance.random() < 0.08:
            self.save(f"{folder}/values.schema.json", json.dumps(self.schema()))
        self.save(f"{folder}/files/a.txt", "one\ntwo\nthree")
        self.save(f"{folder}/files/b.yaml", "b: [1, 2]\n")
        self.save(f"{folder}/templates/_helpers.tpl", HELPERS.replace("NAME", name))
        shared = ""
        for n in (1, 2, 3):
            tail = chance.choice(["toJson", "toYaml", "quote", "default 0 | toString"])
            shared += '{{- define "shared.%d" }}%s{{ .value | %s }} {{ .root.Chart.Name }}{{ end }}\n' % (n, chance.choice("<["), tail)
        self.save(f"{folder}/templates/_shared.tpl", shared)
        if is_library and chance.random() < 0.8:
            return
        self.save(f"{folder}/templates/configmap.yaml", self.configmap(name, "configmap.yaml").replace("NAME", name))
        for n in range(chance.randint(0, 2)):
            self.save(f"{folder}/templates/extra{n}.yaml", self.configmap(name, f"extra{n}.yaml").replace("NAME", name))
        for file, text in KINDS.items():
            if chance.random() < 0.35:
                for hole, fill in (("CONDITION", lambda: self.expression(BOOLEAN, ".", 1)), ("FRAGMENT",
                    lambda: "stdin: {{ " + self.expression(BOOLEAN, ".", 2) + " }}"),
                                   ("REQUIRED",
                                   lambda: chance.choice(['required "password is needed" .Values.replicaCount | toString',
                                   'required "password is needed" .Values.password | toString',
                                   '.Values.password | default "none" | toString', "toString .Values.password"])),
                                   ("RANGE", lambda: chance.choice(['">=1.19-0"', '"^1.25"', '"<1.20"'])), ("EVENT",
                                   lambda: chance.choice(["pre-install", "post-upgrade", "pre-install,pre-upgrade",
                                   "test"])),
                                   ("WEIGHT", lambda: chance.choice(["0", "-5", "10"])), ("ENTRIES",
                                   lambda: chance.choice(["items", "config", "env"])),
                                   ("KIND", lambda: chance.choice(["Namespace", "ServiceAccount", "PersistentVolume",
                                       "Widget", "ClusterRole"])), ("NAME", lambda: name)):
                    if hole in text:
                        text = text.replace(hole, fill())
                self.save(f"{folder}/templates/{file}", text.replace("NAME", name))
        if chance.random() < 0.1:
            self.save(f"{folder}/crds/crd.yaml",
                "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: widgets.example\n")
        if chance.random() < 0.1:
            self.save(f"{folder}/.helmignore", chance.choice(["files/b.yaml\n", "templates/extra*\n",
                "# nothing\n*.txt\n"]))

    def schema(self):
        chance = self.random
        properties = {"replicaCount": {"type": chance.choice(["integer", "number"])},
            "number": chance.choice([{"type": "number"}, {"minimum": 0}, {"maximum": 1000}]),
                      "text": chance.choice([{"type": "string"}, {"minLength": 1}, {"pattern": "^[a-z]"}]),
                          "flag": {"type": ["boolean", "null"]}, "items": chance.choice([{"type": "array"},
                          {"uniqueItems": True}]),
                      "image": {"type": "object", "required": ["repository"],
                          "properties": {"tag": {"type": "string"}}}, "password": chance.choice([{"type": "string"},
                          {"enum": ["secret", "", None]}])}
        kept = {key: properties[key] for key in sorted(properties) if chance.random() < 0.4}
        schema = {"type": "object", "properties": kept}
        if chance.random() < 0.5:
            schema["$schema"] = chance.choice(["http://json-schema.org/draft-07/schema#",
                "https://json-schema.org/draft/2020-12/schema"])
        return schema

    def yaml(self, value, indent):
        """YAML as people write it: block style, plain scalars where they can stand."""
        pad = "  " * indent
        text = ""
        for key, item in value.items():
            if isinstance(item, dict) and item and self.random.random() < 0.8:
                text += f"{pad}{key}:\n{self.yaml(item, indent + 1)}"
            elif isinstance(item, list) and item and self.random.random() < 0.5:
                text += f"{pad}{key}:\n" + "".join(f"{pad}  - {json.dumps(i, ensure_ascii=False)}\n" for i in item)
            elif isinstance(item, str) and re.fullmatch(r"[A-Za-z][A-Za-z0-9./-]*", item) and item not in ("true",
                "yes", "no", "on", "off", "null", "y", "n"):
                text += f"{pad}{key}: {item}\n"
            else:
                text += f"{pad}{key}: {json.dumps(item, ensure_ascii=False)}\n"
        return text

    def make(self):
        chance = self.random
        self.chart("chart", "top", 2)
        for n in range(chance.choice([0, 0, 1, 1, 2])):
            over = self.values(0.15)
            for sub in [p.split("/")[2] for p in self.files if p.count("/") == 3 and p.endswith("Chart.yaml")]:
                if chance.random() < 0.4:
                    over[sub] = chance.choice([self.values(0.15), None if self.is_wild else {}, {"enabled": False}])
            if chance.random() < 0.3:
                over["global"] = {"registry": "over.example", "on": chance.random() < 0.5}
            self.save(f"values{n}.yaml", self.yaml(over, 0).replace("NAME.", "top."))
            self.arguments += ["-f", f"values{n}.yaml"]
        for flag, options in (("--set", ["number=5", "text=a\\,b", "items={x,y}", "config.server.port=1", "items[1]=q",
            "image.tag=null", "flag=true,text=set", "service.ports[0].port=81", "a.b.c=d", "nodeSelector=null"]),
                              ("--set-string", ["number=5", "flag=true", "image.tag=1.10"]), ("--set-json",
                                  ['config={"j":[1,{"k":null}]}', "number=12345678901"]), ("--set-literal",
                                  ["text={a},b"])):
            if chance.random() < 0.2:
                self.arguments += [flag, chance.choice(options)]
        for flag in ("--include-crds", "--is-upgrade", "--skip-tests", "--no-hooks", "--skip-schema-validation"):
            if chance.random() < 0.1:
                self.arguments.append(flag)
        if chance.random() < 0.1:
            self.arguments += ["--api-versions", "monitoring.coreos.com/v1"]
        self.arguments += ["--namespace", "apps", "--kube-version", chance.choice(["1.33.0", "1.33.0", "v1.19.3",
            "1.30.2"])]
        return self

    def save(self, name, text):
        self.files[name] = text

    def write(self, folder):
        for name, text in self.files.items():
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
