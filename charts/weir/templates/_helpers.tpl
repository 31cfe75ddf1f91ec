{{/* {"controllers": what each of them is}, as YAML. */}}
{{- define "weir.controllers" -}}
{{ .Files.Get "files/controllers.yaml" }}
{{- end }}

{{/* The names of the enabled ones, comma-separated. */}}
{{- define "weir.enabled" -}}
{{- $names := list }}
{{- range (include "weir.controllers" . | fromYaml).controllers }}
{{- if (index $.Values .section).enabled }}{{ $names = append $names .name }}{{ end }}
{{- end }}
{{- sortAlpha $names | join "," }}
{{- end }}

{{/* The API groups of all kinds, comma-separated. */}}
{{- define "weir.groups" -}}
{{- $groups := list }}
{{- range (include "weir.controllers" . | fromYaml).controllers }}{{ $groups = concat $groups (keys .kinds | sortAlpha) }}{{ end }}
{{- uniq $groups | join "," }}
{{- end }}

{{/* Labels of every object: dict root, component. */}}
{{- define "weir.labels" -}}
app.kubernetes.io/part-of: flux
app.kubernetes.io/instance: {{ .root.Release.Namespace }}
app.kubernetes.io/version: {{ include "weir.version" .root }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- with .component }}
app.kubernetes.io/component: {{ . }}
control-plane: controller
{{- end }}
{{- end }}

{{- define "weir.version" -}}
{{ default .Chart.AppVersion .Values.image.tag }}
{{- end }}

{{- define "weir.image" -}}
{{ .Values.image.repository }}:{{ include "weir.version" . }}{{ with .Values.image.digest }}@{{ . }}{{ end }}
{{- end }}

{{/* Instances of a controller: itself, and one for each shard. dict root, controller → {"items": [{name, selector}]} */}}
{{- define "weir.instances" -}}
{{- $sharding := .root.Values.sharding }}
{{- $selector := .root.Values.watchLabelSelector }}
{{- $is_sharded := and $sharding.shards (has .controller $sharding.controllers) }}
{{- if $is_sharded }}{{ $selector = printf "!%s" $sharding.key }}{{ end }}
items:
- name: {{ .controller }}
  selector: {{ $selector | quote }}
{{- if $is_sharded }}
{{- range $sharding.shards }}
- name: {{ $.controller }}-{{ . }}
  selector: {{ printf "%s=%s" $sharding.key . | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* What no schema can see. */}}
{{- define "weir.check" -}}
{{- $names := list }}
{{- $sections := list }}
{{- range (include "weir.controllers" . | fromYaml).controllers }}
{{- $names = append $names .name }}
{{- $sections = append $sections .section }}
{{- if and (hasKey (index $.Values .section) "storage") (not .volume) }}
{{- fail (printf "%s: 'storage' not allowed: %s has no volume" .section .name) }}
{{- end }}
{{- end }}
{{- range $key, $_ := .Values }}
{{- if and (hasSuffix "Controller" $key) (not (has $key $sections)) }}{{ fail (printf "%s: no such controller" $key) }}{{ end }}
{{- end }}
{{- range .Values.sharding.controllers }}
{{- if not (has . $names) }}{{ fail (printf "sharding.controllers: no controller %s" (quote .)) }}{{ end }}
{{- end }}
{{- range $name, $_ := .Values.serviceAccounts.annotations }}
{{- if not (has $name (append $names "weir")) }}{{ fail (printf "serviceAccounts.annotations: no ServiceAccount %s" (quote $name)) }}{{ end }}
{{- end }}
{{- if and .Values.sharding.shards .Values.watchLabelSelector }}
{{- fail "watchLabelSelector: cannot be set together with sharding.shards, which sets it for each instance" }}
{{- end }}
{{- if and .Values.sharding.shards (eq .Values.mode "all-in-one") }}
{{- fail "sharding.shards: needs mode: controllers" }}
{{- end }}
{{- if and .Values.monitoring.podMonitor.enabled .Values.monitoring.serviceMonitor.enabled }}
{{- fail "monitoring.podMonitor.enabled: cannot be set together with monitoring.serviceMonitor.enabled: every series would be there twice" }}
{{- end }}
{{- if eq (include "weir.enabled" .) "" }}
{{- fail "sourceController.enabled: at least one controller must be enabled" }}
{{- end }}
{{- end }}

{{/* The flags that all controllers have. The order of the first ones is Flux's: install tools patch them by position. */}}
{{- define "weir.args" -}}
- --events-addr={{ .Values.eventsAddr }}
- --watch-all-namespaces={{ .Values.watchAllNamespaces }}
- --log-level={{ .Values.logLevel }}
- --log-encoding={{ .Values.logEncoding }}
{{- if .Values.leaderElection.enabled }}
- --enable-leader-election
{{- else }}
- --enable-leader-election=false
{{- end }}
{{- end }}

{{- define "weir.args.election" -}}
- --leader-election-lease-duration={{ .Values.leaderElection.leaseDuration }}
- --leader-election-renew-deadline={{ .Values.leaderElection.renewDeadline }}
- --leader-election-retry-period={{ .Values.leaderElection.retryPeriod }}
{{- end }}

{{/* Where a server of artifacts is found: dict root, name (of its Service). */}}
{{- define "weir.address" -}}
storage-adv-addr={{ .name }}.$(RUNTIME_NAMESPACE).svc.{{ .root.Values.clusterDomain }}.
{{- end }}

{{/* Flags of the restricted profile: dict root, facts, prefix ("--" or "--<controller>."). */}}
{{- define "weir.args.profile" -}}
{{- if eq .root.Values.rbac.profile "restricted" }}
{{- if .facts.refs }}
- {{ .prefix }}no-cross-namespace-refs=true
{{- end }}
{{- if .facts.applies }}
- {{ .prefix }}no-remote-bases=true
- {{ .prefix }}default-service-account={{ .root.Values.rbac.restricted.defaultServiceAccount }}
{{- end }}
{{- end }}
{{- end }}

{{- define "weir.securityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities: {drop: [ALL]}
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{/* What every pod of the chart has: the scheduling and the pull secrets. */}}
{{- define "weir.scheduling" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
- name: {{ . }}
{{- end }}
{{- end }}
nodeSelector:
  kubernetes.io/os: linux
  {{- with .Values.nodeSelector }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .Values.tolerations }}
tolerations:
{{- toYaml . | nindent 0 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "weir.volume" -}}
{{- if .claim -}}
{name: data, persistentVolumeClaim: {claimName: {{ .claim }}}}
{{- else if .sizeLimit -}}
{name: data, emptyDir: {sizeLimit: {{ .sizeLimit }}}}
{{- else -}}
{name: data, emptyDir: {}}
{{- end }}
{{- end }}
