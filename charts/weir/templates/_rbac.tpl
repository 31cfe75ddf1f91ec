{{/* A ClusterRole for one controller and its binding: dict root, facts. */}}
{{- define "weir.clusterRole" -}}
{{- $name := printf "%s-%s" .facts.name .root.Release.Namespace }}
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: {{ $name }}
  labels:
    {{- include "weir.labels" (dict "root" .root) | nindent 4 }}
rules:
{{- range $group, $plurals := .facts.kinds }}
- apiGroups: [{{ $group }}]
  resources: [{{ join ", " $plurals }}]
  verbs: [get, list, watch, patch]
- apiGroups: [{{ $group }}]
  resources: [{{ range $i, $plural := $plurals }}{{ if $i }}, {{ end }}{{ $plural }}/status, {{ $plural }}/finalizers{{ end }}]
  verbs: [get, patch, update]
{{- end }}
{{- with .facts.reads }}
{{- toYaml . | nindent 0 }}
{{- end }}
- apiGroups: [""]
  resources: [events]
  verbs: [create, patch]
{{- if and .facts.applies (not .root.Values.rbac.restricted.tenantNamespaces) }}
{{- include "weir.impersonate" . | nindent 0 }}
{{- end }}
---
{{ include "weir.clusterRoleBinding" (dict "root" .root "name" .facts.name "role" $name "controllers" (list .facts.name)) }}
{{- end }}

{{/* dict root, name, role, controllers: those that get it */}}
{{- define "weir.clusterRoleBinding" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: {{ .name }}-{{ .root.Release.Namespace }}
  labels:
    {{- include "weir.labels" (dict "root" .root) | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: {{ .role }}
subjects:
{{- include "weir.subjects" . | nindent 0 }}
{{- end }}

{{/* The ServiceAccounts of controllers: dict root, controllers. */}}
{{- define "weir.subjects" -}}
{{- $names := .controllers }}
{{- if eq .root.Values.mode "all-in-one" }}{{ $names = list "weir" }}{{ end }}
{{- range $i, $name := $names }}
{{- if $i }}{{ "\n" }}{{ end -}}
- kind: ServiceAccount
  name: {{ $name }}
  namespace: {{ $.root.Release.Namespace }}
{{- end }}
{{- end }}

{{- define "weir.impersonate" -}}
- apiGroups: [""]
  resources: [serviceaccounts]
  verbs: [impersonate]
{{- end }}
