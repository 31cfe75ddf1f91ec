#!/usr/bin/env python3
"""`make bench-helm`: renders charts with weir and with helm 4.2.4, turn by turn.

  bench_helm.py WEIR [--runs N] [--out FILE]

Prints the medians of wall time, CPU time and peak RSS, and weir's share of helm's. The charts: one of ten lines, one of 200
templates in 40 subcharts with heavy tpl, both made here, and public ones, which need real-charts.json and real.py of
../shared/conformance/helm (or $WEIR_CONFORMANCE_DIR) and a folder of clones, OWNER+NAME each, in $WEIR_CHARTS; a chart whose
clones are absent is left out by name. Then the growth with the number of subcharts and of tpl calls, each doubled thrice.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
sys.path.insert(0, HERE)
from bench_kustomize import medians, timed  # noqa: E402
sys.path.insert(0, os.path.join(HERE, "..", "golden", "helm"))

PUBLIC = ["loki", "kyverno", "redis", "istiod"]
SMALL, LARGE = (1 / 3, 1 / 3), (1 / 10, 1 / 5)      # aims: shares of helm's CPU time and of its memory
DOUBLED = 2.5                                       # what twice the work may cost at most, noise included
UNITS = ("wall_s", "cpu_s", "rss_mib")


def write(folder, name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


def small(folder):
    write(folder, "Chart.yaml", "apiVersion: v2\nname: small\nversion: 0.1.0\n")
    write(folder, "values.yaml", "text: hello\n")
    write(folder, "templates/configmap.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\ndata:\n  text: {{ .Values.text | quote }}\n")
    return folder, []


HELPERS = """{{- define "NAME.fullname" -}}
{{- printf "%s-%s" .Release.Name (default .Chart.Name .Values.nameOverride) | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- define "NAME.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}
{{- define "NAME.render" -}}
{{- if typeIs "string" .value }}{{ tpl .value .context }}{{ else }}{{ tpl (toYaml .value) .context }}{{ end }}
{{- end }}
"""
TEMPLATE = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "NAME.fullname" . }}-NUMBER
  labels: {{- include "NAME.labels" . | nindent 4 }}
spec:
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels: {{- include "NAME.labels" . | nindent 6 }}
  template:
    metadata:
      annotations: {{- include "NAME.render" (dict "value" .Values.annotations "context" $) | nindent 8 }}
    spec:
      containers:
        - name: main
          image: {{ tpl .Values.image $ | quote }}
          env:
          {{- range $key, $value := .Values.env }}
            - name: {{ $key | upper }}
              value: {{ include "NAME.render" (dict "value" $value "context" $) | quote }}
          {{- end }}
          resources: {{- toYaml .Values.resources | nindent 12 }}
      {{- with .Values.tolerations }}
      tolerations: {{- include "NAME.render" (dict "value" . "context" $) | nindent 8 }}
      {{- end }}
"""


def with_subcharts(count, templates=5):
    """A chart of `count` subcharts with `templates` templates each, every one of which calls tpl 13 times."""
    def make(folder):
        write(folder, "Chart.yaml", "apiVersion: v2\nname: umbrella\nversion: 0.1.0\ndependencies:\n" +
              "".join(f"  - {{name: sub{n}, version: 0.1.0, condition: sub{n}.enabled}}\n" for n in range(count)))
        write(folder, "values.yaml",
            "global: {registry: registry.example, domain: example.org}\n" + "".join(f"sub{n}: {{enabled: true, replicas: {n}}}\n" for n in range(count)))
        for n in range(count):
            sub = os.path.join(folder, "charts", f"sub{n}")
            write(sub, "Chart.yaml", f"apiVersion: v2\nname: sub{n}\nversion: 0.1.0\nappVersion: 1.{n}.0\n")
            write(sub, "values.yaml",
                'replicas: 1\nimage: "{{ .Values.global.registry }}/app:{{ .Chart.AppVersion }}"\nannotations: {domain: "{{ .Values.global.domain }}", name: "{{ .Release.Name }}"}\n'
                  "resources: {limits: {cpu: 100m, memory: 128Mi}}\ntolerations: [{key: '{{ .Chart.Name }}', operator: Exists}]\nenv:\n" +
                  "".join(f'  e{e}: "{{{{ .Release.Name }}}}-{e}-{{{{ .Values.replicas }}}}"\n' for e in range(10)))
            write(sub, "templates/_helpers.tpl", HELPERS.replace("NAME", f"sub{n}"))
            for t in range(templates):
                write(sub, f"templates/d{t}.yaml", TEMPLATE.replace("NAME", f"sub{n}").replace("NUMBER", str(t)))
        return folder, []
    return make


def with_tpl(count):
    """One template that calls tpl `count` times, each time with another text."""
    def make(folder):
        small(folder)
        write(folder, "templates/configmap.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\ndata:\n"
              f"  {{{{- range $i := until {count} }}}}\n  k{{{{ $i }}}}: {{{{ tpl (printf \"{{{{ .Values.text | upper }}}}-%d-{{{{ include `name` . }}}}\" $i) $ | quote }}}}\n  {{{{- end }}}}\n")
        write(folder, "templates/_name.tpl", '{{- define "name" }}{{ .Chart.Name }}{{ end }}\n')
        return folder, []
    return make


def public(name, helm):
    """(make, None), or (None, why it is left out). The values are those of the first case of the table that helm renders."""
    conformance = os.path.join(os.environ.get("WEIR_CONFORMANCE_DIR") or os.path.join(ROOT, "..", "shared",
        "conformance"), "helm")
    clones = os.environ.get("WEIR_CHARTS")
    if not clones or not os.path.isfile(os.path.join(conformance, "real.py")):
        return None, "no ../shared/conformance/helm" if clones else "no folder of clones in $WEIR_CHARTS"
    if conformance not in sys.path:
        sys.path.append(conformance)
    import real
    with open(os.path.join(conformance, "real-charts.json")) as file:
        chart = next(c for c in json.load(file) if c["name"] == name)
    for part in [chart] + chart.get("dependencies", []):
        if not real.git_directory([clones], part["repo"]):
            return None, f"no clone of {part['repo']}"

    def make(folder):
        path, _ = real.prepare(chart, [clones], folder)
        for case in chart["cases"]:
            place, meta = real.lay_out(chart, case, folder)
            rest = real.check.command("weir", dict(meta, chart=path))[4:]
            rest = [os.path.join(place, a) if i and rest[i - 1] == "-f" else a for i, a in enumerate(rest)]
            if not subprocess.run([helm, "template", "rel", path, *rest], capture_output=True).returncode:
                return path, rest
        sys.exit(f"{name}: helm renders none of its cases")
    return make, None


class Bench:
    def __init__(self, weir, helm, runs, work):
        self.programs, self.runs, self.work = (weir, helm), runs, work
        self.measure = os.path.join(work, "measure")
        subprocess.run([os.environ.get("CXX", "c++"), "-O2", "-static", "-o", self.measure, os.path.join(HERE,
            "measure.cpp")], check=True)
        self.results, self.is_met = {}, True

    def row(self, name, make):
        """Medians of weir and of helm."""
        chart, rest = make(os.path.join(self.work, name.replace(" ", "-").replace(",", "")))
        rows = ([], [])
        for _ in range(self.runs):     # by turns, so that both see the same machine
            for program, seen in zip(self.programs, rows):
                seen.append(timed(self.measure, [program, "template", "rel", chart, "--namespace", "apps",
                    "--kube-version", "1.33.0", *rest]))
        if rows[0][0][3] != rows[1][0][3]:
            print(f"{name}: the outputs differ")
            self.is_met = False
        ours, theirs = medians(rows[0]), medians(rows[1])
        self.results[name] = {"weir": dict(zip(UNITS, ours)), "helm": dict(zip(UNITS, theirs))}
        return ours, theirs

    def judged(self, name, make, aims):
        ours, theirs = self.row(name, make)
        share = [x / y for x, y in zip(ours, theirs)]
        is_good = share[1] <= aims[0] and share[2] <= aims[1]
        self.is_met = self.is_met and is_good
        self.line(name, ours, theirs,
            f"{share[0]:.3f} / {share[1]:.3f} / {share[2]:.3f}   aim {aims[0]:.2f} of the CPU, {aims[1]:.2f} of the RSS: {'met' if is_good else 'NOT met'}")

    def growth(self, what, counts, maker):
        before = None
        for count in counts:
            ours, theirs = self.row(f"{count} {what}", maker(count))
            text = ""
            if before:
                is_good = ours[1] <= DOUBLED * before[0][1]
                self.is_met = self.is_met and is_good
                text = f"CPU times that of the half: {ours[1] / before[0][1]:.2f} (helm {theirs[1] / before[1][1]:.2f}){'' if is_good else '   NOT linear'}"
            self.line(f"{count} {what}", ours, theirs, text)
            before = ours, theirs

    @staticmethod
    def line(name, a, b, text):
        print(f"{name:26} {a[0]:9.3f} {b[0]:10.3f} {a[1]:9.3f} {b[1]:10.3f} {a[2]:9.1f} {b[2]:10.1f}   {text}",
            flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("weir")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--out")
    arguments = parser.parse_args()
    import helm_reference
    helm = helm_reference.ensure()
    os.environ["TZ"] = "UTC"
    work = tempfile.mkdtemp(prefix="weir-helm-")
    try:
        bench = Bench(os.path.abspath(arguments.weir), helm, arguments.runs, work)
        print(f"each: weir, helm {'':9} {'wall s':>20} {'CPU s':>20} {'peak RSS MiB':>20}   share of helm's wall / CPU / RSS")
        bench.judged("ten lines", small, SMALL)
        bench.judged("200 templates, heavy tpl", with_subcharts(40), LARGE)
        for name in PUBLIC:
            make, why = public(name, helm)
            if make:
                bench.judged(name, make, LARGE)
            else:
                print(f"{name:26} left out: {why}")
        bench.growth("subcharts", (10, 20, 40, 80), with_subcharts)
        bench.growth("tpl calls", (1000, 2000, 4000, 8000), with_tpl)
        if arguments.out:
            with open(arguments.out, "w") as file:
                json.dump(bench.results, file, indent=1)
    finally:
        shutil.rmtree(work)
    return 0 if bench.is_met else 1


if __name__ == "__main__":
    sys.exit(main())
