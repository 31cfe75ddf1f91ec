#include "test/simulation/api_server/schema.hpp"

namespace weir::test {

// A type a paragraph: "Name: field:code ...". "#": a kind of the API; "@": one value with one owner.
// Codes: s string, i and l integers, f number, b bool, x integer or string, q quantity, t and m times, y bytes,
// r anything; "[T]" a list that is one value, "[T|]" a set, "[T|key,key]" a list by keys; "{T}" members of any name.
// "*": a pointer, so that zero is kept; "!": written even when empty; "=X": what counts in keys when it is left out.
// clang-format off
extern const std::string_view kBuiltinTypes;
const std::string_view kBuiltinTypes = R"types(
AWSElasticBlockStoreVolumeSource: volumeID:s! fsType:s partition:i readOnly:b
Affinity: nodeAffinity:*NodeAffinity podAffinity:*PodAffinity podAntiAffinity:*PodAntiAffinity
AggregationRule: clusterRoleSelectors:[LabelSelector]
AppArmorProfile: type:s! localhostProfile:*s
AzureDiskVolumeSource: diskName:s! diskURI:s! cachingMode:*s fsType:*s=ext4 readOnly:*b kind:*s
AzureFileVolumeSource: secretName:s! shareName:s! readOnly:b
CSIVolumeSource: driver:s! readOnly:*b fsType:*s volumeAttributes:{s} nodePublishSecretRef:*LocalObjectReference
Capabilities: add:[s] drop:[s]
CephFSVolumeSource: monitors:[s]! path:s user:s secretFile:s secretRef:*LocalObjectReference readOnly:b
CinderVolumeSource: volumeID:s! fsType:s readOnly:b secretRef:*LocalObjectReference
ClientIPConfig: timeoutSeconds:*i
#ClusterRole: metadata:ObjectMeta! rules:[PolicyRule]! aggregationRule:*AggregationRule
#ClusterRoleBinding: metadata:ObjectMeta! subjects:[Subject] roleRef:RoleRef!
ClusterTrustBundleProjection: name:*s signerName:*s labelSelector:*LabelSelector optional:*b path:s!
Condition: type:s! status:s! observedGeneration:l lastTransitionTime:t! reason:s! message:s!
#ConfigMap: metadata:ObjectMeta! immutable:*b data:{s} binaryData:{y}
ConfigMapEnvSource: name:s= optional:*b
@ConfigMapKeySelector: name:s= key:s! optional:*b
ConfigMapProjection: name:s= items:[KeyToPath] optional:*b
ConfigMapVolumeSource: name:s= items:[KeyToPath] defaultMode:*i optional:*b
Container: name:s! image:s command:[s] args:[s] workingDir:s ports:[ContainerPort|containerPort,protocol]
  envFrom:[EnvFromSource] env:[EnvVar|name] resources:ResourceRequirements! resizePolicy:[ContainerResizePolicy]
  restartPolicy:*s restartPolicyRules:[ContainerRestartRule] volumeMounts:[VolumeMount|mountPath]
  volumeDevices:[VolumeDevice|devicePath] livenessProbe:*Probe readinessProbe:*Probe startupProbe:*Probe
  lifecycle:*Lifecycle terminationMessagePath:s terminationMessagePolicy:s imagePullPolicy:s
  securityContext:*SecurityContext stdin:b stdinOnce:b tty:b
ContainerPort: name:s hostPort:i containerPort:i! protocol:s=TCP hostIP:s
ContainerResizePolicy: resourceName:s! restartPolicy:s!
ContainerResourceMetricSource: name:s! target:MetricTarget! container:s!
ContainerResourceMetricStatus: name:s! current:MetricValueStatus! container:s!
ContainerRestartRule: action:s exitCodes:*ContainerRestartRuleOnExitCodes
ContainerRestartRuleOnExitCodes: operator:s values:[i|]
#CronJob: metadata:ObjectMeta! spec:CronJobSpec! status:CronJobStatus!
CronJobSpec: schedule:s! timeZone:*s startingDeadlineSeconds:*l concurrencyPolicy:s suspend:*b
  jobTemplate:JobTemplateSpec! successfulJobsHistoryLimit:*i failedJobsHistoryLimit:*i
CronJobStatus: active:[ObjectReference] lastScheduleTime:*t lastSuccessfulTime:*t
CrossVersionObjectReference: kind:s! name:s! apiVersion:s
#DaemonSet: metadata:ObjectMeta! spec:DaemonSetSpec! status:DaemonSetStatus!
DaemonSetCondition: type:s! status:s! lastTransitionTime:t! reason:s message:s
DaemonSetSpec: selector:*LabelSelector! template:PodTemplateSpec! updateStrategy:DaemonSetUpdateStrategy!
  minReadySeconds:i revisionHistoryLimit:*i
DaemonSetStatus: currentNumberScheduled:i! numberMisscheduled:i! desiredNumberScheduled:i! numberReady:i!
  observedGeneration:l updatedNumberScheduled:i numberAvailable:i numberUnavailable:i collisionCount:*i
  conditions:[DaemonSetCondition|type]
DaemonSetUpdateStrategy: type:s rollingUpdate:*RollingUpdateDaemonSet
#Deployment: metadata:ObjectMeta! spec:DeploymentSpec! status:DeploymentStatus!
DeploymentCondition: type:s! status:s! lastUpdateTime:t! lastTransitionTime:t! reason:s message:s
DeploymentSpec: replicas:*i selector:*LabelSelector! template:PodTemplateSpec! strategy:DeploymentStrategy!
  minReadySeconds:i revisionHistoryLimit:*i paused:b progressDeadlineSeconds:*i
DeploymentStatus: observedGeneration:l replicas:i updatedReplicas:i readyReplicas:i availableReplicas:i
  unavailableReplicas:i terminatingReplicas:*i conditions:[DeploymentCondition|type] collisionCount:*i
DeploymentStrategy: type:s rollingUpdate:*RollingUpdateDeployment
DownwardAPIProjection: items:[DownwardAPIVolumeFile]
DownwardAPIVolumeFile: path:s! fieldRef:*ObjectFieldSelector resourceFieldRef:*ResourceFieldSelector mode:*i
DownwardAPIVolumeSource: items:[DownwardAPIVolumeFile] defaultMode:*i
EmptyDirVolumeSource: medium:s sizeLimit:*q
EnvFromSource: prefix:s configMapRef:*ConfigMapEnvSource secretRef:*SecretEnvSource
EnvVar: name:s! value:s valueFrom:*EnvVarSource
EnvVarSource: fieldRef:*ObjectFieldSelector resourceFieldRef:*ResourceFieldSelector
  configMapKeyRef:*ConfigMapKeySelector secretKeyRef:*SecretKeySelector fileKeyRef:*FileKeySelector
EphemeralContainer: name:s! image:s command:[s] args:[s] workingDir:s ports:[ContainerPort|containerPort,protocol]
  envFrom:[EnvFromSource] env:[EnvVar|name] resources:ResourceRequirements! resizePolicy:[ContainerResizePolicy]
  restartPolicy:*s restartPolicyRules:[ContainerRestartRule] volumeMounts:[VolumeMount|mountPath]
  volumeDevices:[VolumeDevice|devicePath] livenessProbe:*Probe readinessProbe:*Probe startupProbe:*Probe
  lifecycle:*Lifecycle terminationMessagePath:s terminationMessagePolicy:s imagePullPolicy:s
  securityContext:*SecurityContext stdin:b stdinOnce:b tty:b targetContainerName:s
EphemeralVolumeSource: volumeClaimTemplate:*PersistentVolumeClaimTemplate
#Event: metadata:ObjectMeta! involvedObject:ObjectReference! reason:s message:s source:EventSource! firstTimestamp:t!
  lastTimestamp:t! count:i type:s eventTime:m! series:*EventSeries action:s related:*ObjectReference
  reportingComponent:s! reportingInstance:s!
EventSeries: count:i lastObservedTime:m!
EventSource: component:s host:s
ExecAction: command:[s]
ExternalMetricSource: metric:MetricIdentifier! target:MetricTarget!
ExternalMetricStatus: metric:MetricIdentifier! current:MetricValueStatus!
FCVolumeSource: targetWWNs:[s] lun:*i fsType:s readOnly:b wwids:[s]
@FileKeySelector: volumeName:s! path:s! key:s! optional:*b
FlexVolumeSource: driver:s! fsType:s secretRef:*LocalObjectReference readOnly:b options:{s}
FlockerVolumeSource: datasetName:s datasetUUID:s
GCEPersistentDiskVolumeSource: pdName:s! fsType:s partition:i readOnly:b
GRPCAction: port:i! service:*s!=
GitRepoVolumeSource: repository:s! revision:s directory:s
GlusterfsVolumeSource: endpoints:s! path:s! readOnly:b
HPAScalingPolicy: type:s! value:i! periodSeconds:i!
HPAScalingRules: stabilizationWindowSeconds:*i selectPolicy:*s policies:[HPAScalingPolicy] tolerance:*q
HTTPGetAction: path:s port:x! host:s scheme:s httpHeaders:[HTTPHeader]
HTTPHeader: name:s! value:s!
HTTPIngressPath: path:s pathType:*s! backend:IngressBackend!
HTTPIngressRuleValue: paths:[HTTPIngressPath]!
#HorizontalPodAutoscaler: metadata:ObjectMeta! spec:HorizontalPodAutoscalerSpec! status:HorizontalPodAutoscalerStatus!
HorizontalPodAutoscalerBehavior: scaleUp:*HPAScalingRules scaleDown:*HPAScalingRules
HorizontalPodAutoscalerCondition: type:s! status:s! lastTransitionTime:t! reason:s message:s
HorizontalPodAutoscalerSpec: scaleTargetRef:CrossVersionObjectReference! minReplicas:*i maxReplicas:i!
  metrics:[MetricSpec] behavior:*HorizontalPodAutoscalerBehavior
HorizontalPodAutoscalerStatus: observedGeneration:*l lastScaleTime:*t currentReplicas:i desiredReplicas:i!
  currentMetrics:[MetricStatus]! conditions:[HorizontalPodAutoscalerCondition|type]
HostAlias: ip:s! hostnames:[s]
HostPathVolumeSource: path:s! type:*s
IPBlock: cidr:s! except:[s]
ISCSIVolumeSource: targetPortal:s! iqn:s! lun:i! iscsiInterface:s=default fsType:s readOnly:b portals:[s]
  chapAuthDiscovery:b chapAuthSession:b secretRef:*LocalObjectReference initiatorName:*s
ImageVolumeSource: reference:s pullPolicy:s
#Ingress: metadata:ObjectMeta! spec:IngressSpec! status:IngressStatus!
IngressBackend: service:*IngressServiceBackend resource:*TypedLocalObjectReference
IngressLoadBalancerIngress: ip:s hostname:s ports:[IngressPortStatus]
IngressLoadBalancerStatus: ingress:[IngressLoadBalancerIngress]
IngressPortStatus: port:i! protocol:s! error:*s
IngressRule: host:s http:*HTTPIngressRuleValue
IngressServiceBackend: name:s! port:ServiceBackendPort!
IngressSpec: ingressClassName:*s defaultBackend:*IngressBackend tls:[IngressTLS] rules:[IngressRule]
IngressStatus: loadBalancer:IngressLoadBalancerStatus!
IngressTLS: hosts:[s] secretName:s
#Job: metadata:ObjectMeta! spec:JobSpec! status:JobStatus!
JobCondition: type:s! status:s! lastProbeTime:t! lastTransitionTime:t! reason:s message:s
JobSpec: parallelism:*i completions:*i activeDeadlineSeconds:*l podFailurePolicy:*PodFailurePolicy
  successPolicy:*SuccessPolicy backoffLimit:*i backoffLimitPerIndex:*i maxFailedIndexes:*i selector:*LabelSelector
  manualSelector:*b template:PodTemplateSpec! ttlSecondsAfterFinished:*i completionMode:*s suspend:*b
  podReplacementPolicy:*s managedBy:*s
JobStatus: conditions:[JobCondition] startTime:*t completionTime:*t active:i succeeded:i failed:i terminating:*i
  completedIndexes:s failedIndexes:*s uncountedTerminatedPods:*UncountedTerminatedPods ready:*i
JobTemplateSpec: metadata:ObjectMeta! spec:JobSpec!
KeyToPath: key:s! path:s! mode:*i
@LabelSelector: matchLabels:{s} matchExpressions:[LabelSelectorRequirement]
LabelSelectorRequirement: key:s! operator:s! values:[s]
#Lease: metadata:ObjectMeta! spec:LeaseSpec!
LeaseSpec: holderIdentity:*s leaseDurationSeconds:*i acquireTime:*m renewTime:*m leaseTransitions:*i strategy:*s
  preferredHolder:*s
Lifecycle: postStart:*LifecycleHandler preStop:*LifecycleHandler stopSignal:*s
LifecycleHandler: exec:*ExecAction httpGet:*HTTPGetAction tcpSocket:*TCPSocketAction sleep:*SleepAction
LoadBalancerIngress: ip:s hostname:s ipMode:*s ports:[PortStatus]
LoadBalancerStatus: ingress:[LoadBalancerIngress]
@LocalObjectReference: name:s=
ManagedFieldsEntry: manager:s operation:s apiVersion:s time:*t fieldsType:s fieldsV1:*r subresource:s
MetricIdentifier: name:s! selector:*LabelSelector
MetricSpec: type:s! object:*ObjectMetricSource pods:*PodsMetricSource resource:*ResourceMetricSource
  containerResource:*ContainerResourceMetricSource external:*ExternalMetricSource
MetricStatus: type:s! object:*ObjectMetricStatus pods:*PodsMetricStatus resource:*ResourceMetricStatus
  containerResource:*ContainerResourceMetricStatus external:*ExternalMetricStatus
MetricTarget: type:s! value:*q averageValue:*q averageUtilization:*i
MetricValueStatus: value:*q averageValue:*q averageUtilization:*i
ModifyVolumeStatus: targetVolumeAttributesClassName:s status:s!
NFSVolumeSource: server:s! path:s! readOnly:b
#Namespace: metadata:ObjectMeta! spec:NamespaceSpec! status:NamespaceStatus!
NamespaceCondition: type:s! status:s! lastTransitionTime:t! reason:s message:s
NamespaceSpec: finalizers:[s]
NamespaceStatus: phase:s conditions:[NamespaceCondition|type]
#NetworkPolicy: metadata:ObjectMeta! spec:NetworkPolicySpec!
NetworkPolicyEgressRule: ports:[NetworkPolicyPort] to:[NetworkPolicyPeer]
NetworkPolicyIngressRule: ports:[NetworkPolicyPort] from:[NetworkPolicyPeer]
NetworkPolicyPeer: podSelector:*LabelSelector namespaceSelector:*LabelSelector ipBlock:*IPBlock
NetworkPolicyPort: protocol:*s port:*x endPort:*i
NetworkPolicySpec: podSelector:LabelSelector! ingress:[NetworkPolicyIngressRule] egress:[NetworkPolicyEgressRule]
  policyTypes:[s]
NodeAffinity: requiredDuringSchedulingIgnoredDuringExecution:*NodeSelector
  preferredDuringSchedulingIgnoredDuringExecution:[PreferredSchedulingTerm]
@NodeSelector: nodeSelectorTerms:[NodeSelectorTerm]!
NodeSelectorRequirement: key:s! operator:s! values:[s]
@NodeSelectorTerm: matchExpressions:[NodeSelectorRequirement] matchFields:[NodeSelectorRequirement]
@ObjectFieldSelector: apiVersion:s fieldPath:s!
ObjectMeta: name:s generateName:s namespace:s selfLink:s uid:s resourceVersion:s generation:l creationTimestamp:t
  deletionTimestamp:*t deletionGracePeriodSeconds:*l labels:{s} annotations:{s} ownerReferences:[OwnerReference|uid]
  finalizers:[s|] managedFields:[ManagedFieldsEntry]
ObjectMetricSource: describedObject:CrossVersionObjectReference! target:MetricTarget! metric:MetricIdentifier!
ObjectMetricStatus: metric:MetricIdentifier! current:MetricValueStatus! describedObject:CrossVersionObjectReference!
@ObjectReference: kind:s namespace:s name:s uid:s apiVersion:s resourceVersion:s fieldPath:s
@OwnerReference: apiVersion:s! kind:s! name:s! uid:s! controller:*b blockOwnerDeletion:*b
#PersistentVolumeClaim: metadata:ObjectMeta! spec:PersistentVolumeClaimSpec! status:PersistentVolumeClaimStatus!
PersistentVolumeClaimCondition: type:s! status:s! lastProbeTime:t! lastTransitionTime:t! reason:s message:s
PersistentVolumeClaimSpec: accessModes:[s] selector:*LabelSelector resources:VolumeResourceRequirements! volumeName:s
  storageClassName:*s volumeMode:*s dataSource:*TypedLocalObjectReference dataSourceRef:*TypedObjectReference
  volumeAttributesClassName:*s
PersistentVolumeClaimStatus: phase:s accessModes:[s] capacity:{q} conditions:[PersistentVolumeClaimCondition|type]
  allocatedResources:{q} allocatedResourceStatuses:{s} currentVolumeAttributesClassName:*s
  modifyVolumeStatus:*ModifyVolumeStatus
PersistentVolumeClaimTemplate: metadata:ObjectMeta! spec:PersistentVolumeClaimSpec!
PersistentVolumeClaimVolumeSource: claimName:s! readOnly:b
PhotonPersistentDiskVolumeSource: pdID:s! fsType:s
#Pod: metadata:ObjectMeta! spec:PodSpec! status:r
PodAffinity: requiredDuringSchedulingIgnoredDuringExecution:[PodAffinityTerm]
  preferredDuringSchedulingIgnoredDuringExecution:[WeightedPodAffinityTerm]
PodAffinityTerm: labelSelector:*LabelSelector namespaces:[s] topologyKey:s! namespaceSelector:*LabelSelector
  matchLabelKeys:[s] mismatchLabelKeys:[s]
PodAntiAffinity: requiredDuringSchedulingIgnoredDuringExecution:[PodAffinityTerm]
  preferredDuringSchedulingIgnoredDuringExecution:[WeightedPodAffinityTerm]
PodCertificateProjection: signerName:s keyType:s maxExpirationSeconds:*i credentialBundlePath:s keyPath:s
  certificateChainPath:s userAnnotations:{s}
PodDNSConfig: nameservers:[s] searches:[s] options:[PodDNSConfigOption]
PodDNSConfigOption: name:s value:*s
#PodDisruptionBudget: metadata:ObjectMeta! spec:PodDisruptionBudgetSpec! status:PodDisruptionBudgetStatus!
PodDisruptionBudgetSpec: minAvailable:*x selector:*LabelSelector maxUnavailable:*x unhealthyPodEvictionPolicy:*s
PodDisruptionBudgetStatus: observedGeneration:l disruptedPods:{t} disruptionsAllowed:i! currentHealthy:i!
  desiredHealthy:i! expectedPods:i! conditions:[Condition|type]
PodFailurePolicy: rules:[PodFailurePolicyRule]!
PodFailurePolicyOnExitCodesRequirement: containerName:*s operator:s! values:[i|]!
PodFailurePolicyOnPodConditionsPattern: type:s! status:s!
PodFailurePolicyRule: action:s! onExitCodes:*PodFailurePolicyOnExitCodesRequirement
  onPodConditions:[PodFailurePolicyOnPodConditionsPattern]
PodOS: name:s!
PodReadinessGate: conditionType:s!
PodResourceClaim: name:s! resourceClaimName:*s resourceClaimTemplateName:*s
PodSchedulingGate: name:s!
PodSchedulingGroup: podGroupName:*s
PodSecurityContext: seLinuxOptions:*SELinuxOptions windowsOptions:*WindowsSecurityContextOptions runAsUser:*l
  runAsGroup:*l runAsNonRoot:*b supplementalGroups:[l] supplementalGroupsPolicy:*s fsGroup:*l sysctls:[Sysctl]
  fsGroupChangePolicy:*s seccompProfile:*SeccompProfile appArmorProfile:*AppArmorProfile seLinuxChangePolicy:*s
PodSpec: volumes:[Volume|name] initContainers:[Container|name] containers:[Container|name]!
  ephemeralContainers:[EphemeralContainer|name] restartPolicy:s terminationGracePeriodSeconds:*l
  activeDeadlineSeconds:*l dnsPolicy:s nodeSelector:@{s} serviceAccountName:s serviceAccount:s
  automountServiceAccountToken:*b nodeName:s hostNetwork:b hostPID:b hostIPC:b shareProcessNamespace:*b
  securityContext:*PodSecurityContext imagePullSecrets:[LocalObjectReference|name] hostname:s subdomain:s
  affinity:*Affinity schedulerName:s tolerations:[Toleration] hostAliases:[HostAlias|ip] priorityClassName:s
  priority:*i dnsConfig:*PodDNSConfig readinessGates:[PodReadinessGate] runtimeClassName:*s enableServiceLinks:*b
  preemptionPolicy:*s overhead:{q} topologySpreadConstraints:[TopologySpreadConstraint|topologyKey,whenUnsatisfiable]
  setHostnameAsFQDN:*b os:*PodOS hostUsers:*b schedulingGates:[PodSchedulingGate|name]
  resourceClaims:[PodResourceClaim|name] resources:*ResourceRequirements hostnameOverride:*s
  schedulingGroup:*PodSchedulingGroup
PodTemplateSpec: metadata:ObjectMeta! spec:PodSpec!
PodsMetricSource: metric:MetricIdentifier! target:MetricTarget!
PodsMetricStatus: metric:MetricIdentifier! current:MetricValueStatus!
PolicyRule: verbs:[s]! apiGroups:[s] resources:[s] resourceNames:[s] nonResourceURLs:[s]
PortStatus: port:i! protocol:s! error:*s
PortworxVolumeSource: volumeID:s! fsType:s readOnly:b
PreferredSchedulingTerm: weight:i! preference:NodeSelectorTerm!
#PriorityClass: metadata:ObjectMeta! value:i! globalDefault:b description:s preemptionPolicy:*s
Probe: exec:*ExecAction httpGet:*HTTPGetAction tcpSocket:*TCPSocketAction grpc:*GRPCAction initialDelaySeconds:i
  timeoutSeconds:i periodSeconds:i successThreshold:i failureThreshold:i terminationGracePeriodSeconds:*l
ProjectedVolumeSource: sources:[VolumeProjection]! defaultMode:*i
QuobyteVolumeSource: registry:s! volume:s! readOnly:b user:s group:s tenant:s
RBDVolumeSource: monitors:[s]! image:s! fsType:s pool:s=rbd user:s=admin keyring:s=/etc/ceph/keyring
  secretRef:*LocalObjectReference readOnly:b
#ReplicaSet: metadata:ObjectMeta! spec:ReplicaSetSpec! status:ReplicaSetStatus!
ReplicaSetCondition: type:s! status:s! lastTransitionTime:t! reason:s message:s
ReplicaSetSpec: replicas:*i minReadySeconds:i selector:*LabelSelector! template:PodTemplateSpec!
ReplicaSetStatus: replicas:i! fullyLabeledReplicas:i readyReplicas:i availableReplicas:i terminatingReplicas:*i
  observedGeneration:l conditions:[ReplicaSetCondition|type]
ResourceClaim: name:s! request:s
@ResourceFieldSelector: containerName:s resource:s! divisor:q!
ResourceMetricSource: name:s! target:MetricTarget!
ResourceMetricStatus: name:s! current:MetricValueStatus!
#ResourceQuota: metadata:ObjectMeta! spec:ResourceQuotaSpec! status:ResourceQuotaStatus!
ResourceQuotaSpec: hard:{q} scopes:[s] scopeSelector:*ScopeSelector
ResourceQuotaStatus: hard:{q} used:{q}
ResourceRequirements: limits:{q} requests:{q} claims:[ResourceClaim|name]
#Role: metadata:ObjectMeta! rules:[PolicyRule]!
#RoleBinding: metadata:ObjectMeta! subjects:[Subject] roleRef:RoleRef!
@RoleRef: apiGroup:s! kind:s! name:s!
RollingUpdateDaemonSet: maxUnavailable:*x maxSurge:*x
RollingUpdateDeployment: maxUnavailable:*x maxSurge:*x
RollingUpdateStatefulSetStrategy: partition:*i maxUnavailable:*x
SELinuxOptions: user:s role:s type:s level:s
ScaleIOVolumeSource: gateway:s! system:s! secretRef:*LocalObjectReference! sslEnabled:b protectionDomain:s
  storagePool:s storageMode:s=ThinProvisioned volumeName:s fsType:s=xfs readOnly:b
@ScopeSelector: matchExpressions:[ScopedResourceSelectorRequirement]
ScopedResourceSelectorRequirement: scopeName:s! operator:s! values:[s]
SeccompProfile: type:s! localhostProfile:*s
#Secret: metadata:ObjectMeta! immutable:*b data:{y} stringData:{s} type:s
SecretEnvSource: name:s= optional:*b
@SecretKeySelector: name:s= key:s! optional:*b
SecretProjection: name:s= items:[KeyToPath] optional:*b
SecretVolumeSource: secretName:s items:[KeyToPath] defaultMode:*i optional:*b
SecurityContext: capabilities:*Capabilities privileged:*b seLinuxOptions:*SELinuxOptions
  windowsOptions:*WindowsSecurityContextOptions runAsUser:*l runAsGroup:*l runAsNonRoot:*b readOnlyRootFilesystem:*b
  allowPrivilegeEscalation:*b procMount:*s seccompProfile:*SeccompProfile appArmorProfile:*AppArmorProfile
#Service: metadata:ObjectMeta! spec:ServiceSpec! status:ServiceStatus!
#ServiceAccount: metadata:ObjectMeta! secrets:[ObjectReference|name] imagePullSecrets:[LocalObjectReference]
  automountServiceAccountToken:*b
ServiceAccountTokenProjection: audience:s expirationSeconds:*l path:s!
@ServiceBackendPort: name:s number:i
ServicePort: name:s protocol:s=TCP appProtocol:*s port:i! targetPort:x! nodePort:i
ServiceSpec: ports:[ServicePort|port,protocol] selector:@{s} clusterIP:s clusterIPs:[s] type:s externalIPs:[s]
  sessionAffinity:s loadBalancerIP:s loadBalancerSourceRanges:[s] externalName:s externalTrafficPolicy:s
  healthCheckNodePort:i publishNotReadyAddresses:b sessionAffinityConfig:*SessionAffinityConfig ipFamilies:[s]
  ipFamilyPolicy:*s allocateLoadBalancerNodePorts:*b loadBalancerClass:*s internalTrafficPolicy:*s
  trafficDistribution:*s
ServiceStatus: loadBalancer:LoadBalancerStatus! conditions:[Condition|type]
SessionAffinityConfig: clientIP:*ClientIPConfig
SleepAction: seconds:l!
#StatefulSet: metadata:ObjectMeta! spec:StatefulSetSpec! status:StatefulSetStatus!
StatefulSetCondition: type:s! status:s! lastTransitionTime:t! reason:s message:s
StatefulSetOrdinals: start:i!
StatefulSetPersistentVolumeClaimRetentionPolicy: whenDeleted:s whenScaled:s
StatefulSetSpec: replicas:*i selector:*LabelSelector! template:PodTemplateSpec!
  volumeClaimTemplates:[PersistentVolumeClaim] serviceName:s! podManagementPolicy:s
  updateStrategy:StatefulSetUpdateStrategy! revisionHistoryLimit:*i minReadySeconds:i
  persistentVolumeClaimRetentionPolicy:*StatefulSetPersistentVolumeClaimRetentionPolicy ordinals:*StatefulSetOrdinals
StatefulSetStatus: observedGeneration:l replicas:i! readyReplicas:i currentReplicas:i updatedReplicas:i
  currentRevision:s updateRevision:s collisionCount:*i conditions:[StatefulSetCondition|type] availableReplicas:i!
StatefulSetUpdateStrategy: type:s rollingUpdate:*RollingUpdateStatefulSetStrategy
StorageOSVolumeSource: volumeName:s volumeNamespace:s fsType:s readOnly:b secretRef:*LocalObjectReference
@Subject: kind:s! apiGroup:s name:s! namespace:s
SuccessPolicy: rules:[SuccessPolicyRule]!
SuccessPolicyRule: succeededIndexes:*s succeededCount:*i
Sysctl: name:s! value:s!
TCPSocketAction: port:x! host:s
Toleration: key:s operator:s value:s effect:s tolerationSeconds:*l
TopologySpreadConstraint: maxSkew:i! topologyKey:s! whenUnsatisfiable:s! labelSelector:*LabelSelector minDomains:*i
  nodeAffinityPolicy:*s nodeTaintsPolicy:*s matchLabelKeys:[s]
@TypedLocalObjectReference: apiGroup:*s! kind:s! name:s!
TypedObjectReference: apiGroup:*s! kind:s! name:s! namespace:*s
UncountedTerminatedPods: succeeded:[s|] failed:[s|]
Volume: name:s! hostPath:*HostPathVolumeSource emptyDir:*EmptyDirVolumeSource
  gcePersistentDisk:*GCEPersistentDiskVolumeSource awsElasticBlockStore:*AWSElasticBlockStoreVolumeSource
  gitRepo:*GitRepoVolumeSource secret:*SecretVolumeSource nfs:*NFSVolumeSource iscsi:*ISCSIVolumeSource
  glusterfs:*GlusterfsVolumeSource persistentVolumeClaim:*PersistentVolumeClaimVolumeSource rbd:*RBDVolumeSource
  flexVolume:*FlexVolumeSource cinder:*CinderVolumeSource cephfs:*CephFSVolumeSource flocker:*FlockerVolumeSource
  downwardAPI:*DownwardAPIVolumeSource fc:*FCVolumeSource azureFile:*AzureFileVolumeSource
  configMap:*ConfigMapVolumeSource vsphereVolume:*VsphereVirtualDiskVolumeSource quobyte:*QuobyteVolumeSource
  azureDisk:*AzureDiskVolumeSource photonPersistentDisk:*PhotonPersistentDiskVolumeSource
  projected:*ProjectedVolumeSource portworxVolume:*PortworxVolumeSource scaleIO:*ScaleIOVolumeSource
  storageos:*StorageOSVolumeSource csi:*CSIVolumeSource ephemeral:*EphemeralVolumeSource image:*ImageVolumeSource
VolumeDevice: name:s! devicePath:s!
VolumeMount: name:s! readOnly:b recursiveReadOnly:*s mountPath:s! subPath:s mountPropagation:*s subPathExpr:s
VolumeProjection: secret:*SecretProjection downwardAPI:*DownwardAPIProjection configMap:*ConfigMapProjection
  serviceAccountToken:*ServiceAccountTokenProjection clusterTrustBundle:*ClusterTrustBundleProjection
  podCertificate:*PodCertificateProjection
VolumeResourceRequirements: limits:{q} requests:{q}
VsphereVirtualDiskVolumeSource: volumePath:s! fsType:s storagePolicyName:s storagePolicyID:s
WeightedPodAffinityTerm: weight:i! podAffinityTerm:PodAffinityTerm!
WindowsSecurityContextOptions: gmsaCredentialSpecName:*s gmsaCredentialSpec:*s runAsUserName:*s hostProcess:*b
)types";
// clang-format on

}  // namespace weir::test
