{{/*
One Deployment. dict root, name, component, account, values (its section), facts (a row of "weir.controllers", or like it),
command, args (text, one "- flag" a line).
*/}}
{{- define "weir.deployment" -}}
{{- $values := .root.Values }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "weir.labels" (dict "root" .root "component" .component) | nindent 4 }}
  {{- with .annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  replicas: {{ .values.replicas }}
  {{- if .facts.recreate }}
  strategy:
    type: Recreate
  {{- end }}
  selector:
    matchLabels:
      app: {{ .name }}
  template:
    metadata:
      labels:
        app: {{ .name }}
        app.kubernetes.io/part-of: flux
        app.kubernetes.io/instance: {{ .root.Release.Namespace }}
        app.kubernetes.io/version: {{ include "weir.version" .root }}
        {{- with $values.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      annotations:
        prometheus.io/scrape: "true"
        prometheus.io/port: "8080"
        {{- with $values.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      serviceAccountName: {{ .account }}
      terminationGracePeriodSeconds: {{ .facts.grace | default 10 }}
      {{- with $values.priorityClassName }}
      priorityClassName: {{ . }}
      {{- end }}
      {{- include "weir.scheduling" .root | nindent 6 }}
      {{- with $values.topologySpreadConstraints }}
      topologySpreadConstraints:
      {{- toYaml . | nindent 6 }}
      {{- end }}
      securityContext:
        fsGroup: 1337
      containers:
      - name: manager
        image: {{ include "weir.image" .root }}
        imagePullPolicy: {{ $values.image.pullPolicy }}
        command: [{{ .command }}]
        args:
        {{- .args | nindent 8 }}
        env:
        - name: RUNTIME_NAMESPACE
          valueFrom: {fieldRef: {fieldPath: metadata.namespace}}
        - name: TMPDIR
          value: /tmp
        {{- with $values.env }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
        ports:
        {{- if .facts.serves }}
        - {name: http, containerPort: 9090, protocol: TCP}
        {{- end }}
        - {name: http-prom, containerPort: 8080, protocol: TCP}
        - {name: healthz, containerPort: 9440, protocol: TCP}
        livenessProbe:
          httpGet: {path: /healthz, port: healthz}
        readinessProbe:
          {{- if and .facts.serves (ne .name "weir") }}
          httpGet: {path: /, port: http}
          {{- else }}
          httpGet: {path: /readyz, port: healthz}
          {{- end }}
        resources:
          {{- toYaml .values.resources | nindent 10 }}
        securityContext:
          {{- include "weir.securityContext" . | nindent 10 }}
        volumeMounts:
        {{- if .facts.volume }}
        - {name: data, mountPath: /data}
        {{- end }}
        - {name: {{ .facts.temp | default "temp" }}, mountPath: /tmp}
      volumes:
      {{- if .facts.volume }}
      - {{ include "weir.volume" .values.storage }}
      {{- end }}
      - {name: {{ .facts.temp | default "temp" }}, emptyDir: {}}
{{- end }}

{{/* The Service of a server of artifacts: dict root, name, component, app. */}}
{{- define "weir.service" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "weir.labels" (dict "root" .root "component" .component) | nindent 4 }}
spec:
  type: ClusterIP
  selector:
    app: {{ .app }}
  ports:
  - {name: http, port: 80, protocol: TCP, targetPort: http}
{{- end }}
