// Written by tools/generate_schema.py; do not edit.
// Long: a table.
// Facts of the OpenAPI description of Kubernetes v1.21.2 and of kustomize 5.8.2 (Apache-2.0).
#include "pkg/kustomize/schema_data.hpp"

namespace weir::kustomize {

const std::string_view kTypeRows =
    R"(
1 io.k8s.api.admissionregistration.v1.MutatingWebhook clientConfig=9 namespaceSelector=589 objectSelector=589
2 io.k8s.api.admissionregistration.v1.MutatingWebhookConfiguration metadata=594 webhooks=[name]1
3 io.k8s.api.admissionregistration.v1.MutatingWebhookConfigurationList metadata=591
4 io.k8s.api.admissionregistration.v1.RuleWithOperations
5 io.k8s.api.admissionregistration.v1.ServiceReference
6 io.k8s.api.admissionregistration.v1.ValidatingWebhook clientConfig=9 namespaceSelector=589 objectSelector=589
7 io.k8s.api.admissionregistration.v1.ValidatingWebhookConfiguration metadata=594 webhooks=[name]6
8 io.k8s.api.admissionregistration.v1.ValidatingWebhookConfigurationList metadata=591
9 io.k8s.api.admissionregistration.v1.WebhookClientConfig service=5
10 io.k8s.api.admissionregistration.v1beta1.MutatingWebhook clientConfig=18 namespaceSelector=589 objectSelector=589
11 io.k8s.api.admissionregistration.v1beta1.MutatingWebhookConfiguration metadata=594 webhooks=[name]10
12 io.k8s.api.admissionregistration.v1beta1.MutatingWebhookConfigurationList metadata=591
13 io.k8s.api.admissionregistration.v1beta1.RuleWithOperations
14 io.k8s.api.admissionregistration.v1beta1.ServiceReference
15 io.k8s.api.admissionregistration.v1beta1.ValidatingWebhook clientConfig=18 namespaceSelector=589 objectSelector=589
16 io.k8s.api.admissionregistration.v1beta1.ValidatingWebhookConfiguration metadata=594 webhooks=[name]15
17 io.k8s.api.admissionregistration.v1beta1.ValidatingWebhookConfigurationList metadata=591
18 io.k8s.api.admissionregistration.v1beta1.WebhookClientConfig service=14
19 io.k8s.api.apps.v1.ControllerRevision data=604 metadata=594
20 io.k8s.api.apps.v1.ControllerRevisionList metadata=591
21 io.k8s.api.apps.v1.DaemonSet metadata=594 spec=24 status=25
22 io.k8s.api.apps.v1.DaemonSetCondition
23 io.k8s.api.apps.v1.DaemonSetList metadata=591
24 io.k8s.api.apps.v1.DaemonSetSpec selector=589 template=293 updateStrategy=26
25 io.k8s.api.apps.v1.DaemonSetStatus conditions=[type]22
26 io.k8s.api.apps.v1.DaemonSetUpdateStrategy rollingUpdate=38
27 io.k8s.api.apps.v1.Deployment metadata=594 spec=30 status=31
28 io.k8s.api.apps.v1.DeploymentCondition
29 io.k8s.api.apps.v1.DeploymentList metadata=591
30 io.k8s.api.apps.v1.DeploymentSpec selector=589 strategy=32 template=293
31 io.k8s.api.apps.v1.DeploymentStatus conditions=[type]28
32 io.k8s.api.apps.v1.DeploymentStrategy rollingUpdate=39
33 io.k8s.api.apps.v1.ReplicaSet metadata=594 spec=36 status=37
34 io.k8s.api.apps.v1.ReplicaSetCondition
35 io.k8s.api.apps.v1.ReplicaSetList metadata=591
36 io.k8s.api.apps.v1.ReplicaSetSpec selector=589 template=293
37 io.k8s.api.apps.v1.ReplicaSetStatus conditions=[type]34
38 io.k8s.api.apps.v1.RollingUpdateDaemonSet
39 io.k8s.api.apps.v1.RollingUpdateDeployment
40 io.k8s.api.apps.v1.RollingUpdateStatefulSetStrategy
41 io.k8s.api.apps.v1.StatefulSet metadata=594 spec=44 status=45
42 io.k8s.api.apps.v1.StatefulSetCondition
43 io.k8s.api.apps.v1.StatefulSetList metadata=591
44 io.k8s.api.apps.v1.StatefulSetSpec selector=589 template=293 updateStrategy=46
45 io.k8s.api.apps.v1.StatefulSetStatus conditions=[type]42
46 io.k8s.api.apps.v1.StatefulSetUpdateStrategy rollingUpdate=40
47 io.k8s.api.authentication.v1.BoundObjectReference
48 io.k8s.api.authentication.v1.TokenRequest metadata=594 spec=49 status=50
49 io.k8s.api.authentication.v1.TokenRequestSpec boundObjectRef=47
50 io.k8s.api.authentication.v1.TokenRequestStatus
51 io.k8s.api.authentication.v1.TokenReview metadata=594 spec=52 status=53
52 io.k8s.api.authentication.v1.TokenReviewSpec
53 io.k8s.api.authentication.v1.TokenReviewStatus user=54
54 io.k8s.api.authentication.v1.UserInfo extra=0
55 io.k8s.api.authentication.v1beta1.TokenReview metadata=594 spec=56 status=57
56 io.k8s.api.authentication.v1beta1.TokenReviewSpec
57 io.k8s.api.authentication.v1beta1.TokenReviewStatus user=58
58 io.k8s.api.authentication.v1beta1.UserInfo extra=0
59 io.k8s.api.authorization.v1.LocalSubjectAccessReview metadata=594 spec=69 status=70
60 io.k8s.api.authorization.v1.NonResourceAttributes
61 io.k8s.api.authorization.v1.NonResourceRule
62 io.k8s.api.authorization.v1.ResourceAttributes
63 io.k8s.api.authorization.v1.ResourceRule
64 io.k8s.api.authorization.v1.SelfSubjectAccessReview metadata=594 spec=65 status=70
65 io.k8s.api.authorization.v1.SelfSubjectAccessReviewSpec nonResourceAttributes=60 resourceAttributes=62
66 io.k8s.api.authorization.v1.SelfSubjectRulesReview metadata=594 spec=67 status=71
67 io.k8s.api.authorization.v1.SelfSubjectRulesReviewSpec
68 io.k8s.api.authorization.v1.SubjectAccessReview metadata=594 spec=69 status=70
69 io.k8s.api.authorization.v1.SubjectAccessReviewSpec extra=0 nonResourceAttributes=60 resourceAttributes=62
70 io.k8s.api.authorization.v1.SubjectAccessReviewStatus
71 io.k8s.api.authorization.v1.SubjectRulesReviewStatus
72 io.k8s.api.authorization.v1beta1.LocalSubjectAccessReview metadata=594 spec=82 status=83
73 io.k8s.api.authorization.v1beta1.NonResourceAttributes
74 io.k8s.api.authorization.v1beta1.NonResourceRule
75 io.k8s.api.authorization.v1beta1.ResourceAttributes
76 io.k8s.api.authorization.v1beta1.ResourceRule
77 io.k8s.api.authorization.v1beta1.SelfSubjectAccessReview metadata=594 spec=78 status=83
78 io.k8s.api.authorization.v1beta1.SelfSubjectAccessReviewSpec nonResourceAttributes=73 resourceAttributes=75
79 io.k8s.api.authorization.v1beta1.SelfSubjectRulesReview metadata=594 spec=80 status=84
80 io.k8s.api.authorization.v1beta1.SelfSubjectRulesReviewSpec
81 io.k8s.api.authorization.v1beta1.SubjectAccessReview metadata=594 spec=82 status=83
82 io.k8s.api.authorization.v1beta1.SubjectAccessReviewSpec extra=0 nonResourceAttributes=73 resourceAttributes=75
83 io.k8s.api.authorization.v1beta1.SubjectAccessReviewStatus
84 io.k8s.api.authorization.v1beta1.SubjectRulesReviewStatus
85 io.k8s.api.autoscaling.v1.CrossVersionObjectReference
86 io.k8s.api.autoscaling.v1.HorizontalPodAutoscaler metadata=594 spec=88 status=89
87 io.k8s.api.autoscaling.v1.HorizontalPodAutoscalerList metadata=591
88 io.k8s.api.autoscaling.v1.HorizontalPodAutoscalerSpec scaleTargetRef=85
89 io.k8s.api.autoscaling.v1.HorizontalPodAutoscalerStatus
90 io.k8s.api.autoscaling.v1.Scale metadata=594 spec=91 status=92
91 io.k8s.api.autoscaling.v1.ScaleSpec
92 io.k8s.api.autoscaling.v1.ScaleStatus
93 io.k8s.api.autoscaling.v2beta1.ContainerResourceMetricSource
94 io.k8s.api.autoscaling.v2beta1.ContainerResourceMetricStatus
95 io.k8s.api.autoscaling.v2beta1.CrossVersionObjectReference
96 io.k8s.api.autoscaling.v2beta1.ExternalMetricSource metricSelector=589
97 io.k8s.api.autoscaling.v2beta1.ExternalMetricStatus metricSelector=589
98 io.k8s.api.autoscaling.v2beta1.HorizontalPodAutoscaler metadata=594 spec=101 status=102
99 io.k8s.api.autoscaling.v2beta1.HorizontalPodAutoscalerCondition
100 io.k8s.api.autoscaling.v2beta1.HorizontalPodAutoscalerList metadata=591
101 io.k8s.api.autoscaling.v2beta1.HorizontalPodAutoscalerSpec scaleTargetRef=95
102 io.k8s.api.autoscaling.v2beta1.HorizontalPodAutoscalerStatus
103 io.k8s.api.autoscaling.v2beta1.MetricSpec containerResource=93 external=96 object=105 pods=107 resource=109
104 io.k8s.api.autoscaling.v2beta1.MetricStatus containerResource=94 external=97 object=106 pods=108 resource=110
105 io.k8s.api.autoscaling.v2beta1.ObjectMetricSource selector=589 target=95
106 io.k8s.api.autoscaling.v2beta1.ObjectMetricStatus selector=589 target=95
107 io.k8s.api.autoscaling.v2beta1.PodsMetricSource selector=589
108 io.k8s.api.autoscaling.v2beta1.PodsMetricStatus selector=589
109 io.k8s.api.autoscaling.v2beta1.ResourceMetricSource
110 io.k8s.api.autoscaling.v2beta1.ResourceMetricStatus
111 io.k8s.api.autoscaling.v2beta2.ContainerResourceMetricSource target=127
112 io.k8s.api.autoscaling.v2beta2.ContainerResourceMetricStatus current=128
113 io.k8s.api.autoscaling.v2beta2.CrossVersionObjectReference
114 io.k8s.api.autoscaling.v2beta2.ExternalMetricSource metric=124 target=127
115 io.k8s.api.autoscaling.v2beta2.ExternalMetricStatus current=128 metric=124
116 io.k8s.api.autoscaling.v2beta2.HPAScalingPolicy
117 io.k8s.api.autoscaling.v2beta2.HPAScalingRules
118 io.k8s.api.autoscaling.v2beta2.HorizontalPodAutoscaler metadata=594 spec=122 status=123
119 io.k8s.api.autoscaling.v2beta2.HorizontalPodAutoscalerBehavior scaleDown=117 scaleUp=117
120 io.k8s.api.autoscaling.v2beta2.HorizontalPodAutoscalerCondition
121 io.k8s.api.autoscaling.v2beta2.HorizontalPodAutoscalerList metadata=591
122 io.k8s.api.autoscaling.v2beta2.HorizontalPodAutoscalerSpec behavior=119 scaleTargetRef=113
123 io.k8s.api.autoscaling.v2beta2.HorizontalPodAutoscalerStatus
124 io.k8s.api.autoscaling.v2beta2.MetricIdentifier selector=589
125 io.k8s.api.autoscaling.v2beta2.MetricSpec containerResource=111 external=114 object=129 pods=131 resource=133
126 io.k8s.api.autoscaling.v2beta2.MetricStatus containerResource=112 external=115 object=130 pods=132 resource=134
127 io.k8s.api.autoscaling.v2beta2.MetricTarget
128 io.k8s.api.autoscaling.v2beta2.MetricValueStatus
129 io.k8s.api.autoscaling.v2beta2.ObjectMetricSource describedObject=113 metric=124 target=127
130 io.k8s.api.autoscaling.v2beta2.ObjectMetricStatus current=128 describedObject=113 metric=124
131 io.k8s.api.autoscaling.v2beta2.PodsMetricSource metric=124 target=127
132 io.k8s.api.autoscaling.v2beta2.PodsMetricStatus current=128 metric=124
133 io.k8s.api.autoscaling.v2beta2.ResourceMetricSource target=127
134 io.k8s.api.autoscaling.v2beta2.ResourceMetricStatus current=128
135 io.k8s.api.batch.v1.CronJob metadata=594 spec=137 status=138
136 io.k8s.api.batch.v1.CronJobList metadata=591
137 io.k8s.api.batch.v1.CronJobSpec jobTemplate=144
138 io.k8s.api.batch.v1.CronJobStatus
139 io.k8s.api.batch.v1.Job metadata=594 spec=142 status=143
140 io.k8s.api.batch.v1.JobCondition
141 io.k8s.api.batch.v1.JobList metadata=591
142 io.k8s.api.batch.v1.JobSpec selector=589 template=293
143 io.k8s.api.batch.v1.JobStatus conditions=[type]140
144 io.k8s.api.batch.v1.JobTemplateSpec metadata=594 spec=142
145 io.k8s.api.batch.v1beta1.CronJob metadata=594 spec=147 status=148
146 io.k8s.api.batch.v1beta1.CronJobList metadata=591
147 io.k8s.api.batch.v1beta1.CronJobSpec jobTemplate=149
148 io.k8s.api.batch.v1beta1.CronJobStatus
149 io.k8s.api.batch.v1beta1.JobTemplateSpec metadata=594 spec=142
150 io.k8s.api.certificates.v1.CertificateSigningRequest metadata=594 spec=153 status=154
151 io.k8s.api.certificates.v1.CertificateSigningRequestCondition
152 io.k8s.api.certificates.v1.CertificateSigningRequestList metadata=591
153 io.k8s.api.certificates.v1.CertificateSigningRequestSpec extra=0
154 io.k8s.api.certificates.v1.CertificateSigningRequestStatus
155 io.k8s.api.certificates.v1beta1.CertificateSigningRequest metadata=594 spec=158 status=159
156 io.k8s.api.certificates.v1beta1.CertificateSigningRequestCondition
157 io.k8s.api.certificates.v1beta1.CertificateSigningRequestList metadata=591
158 io.k8s.api.certificates.v1beta1.CertificateSigningRequestSpec extra=0
159 io.k8s.api.certificates.v1beta1.CertificateSigningRequestStatus
160 io.k8s.api.coordination.v1.Lease metadata=594 spec=162
161 io.k8s.api.coordination.v1.LeaseList metadata=591
162 io.k8s.api.coordination.v1.LeaseSpec
163 io.k8s.api.coordination.v1beta1.Lease metadata=594 spec=165
164 io.k8s.api.coordination.v1beta1.LeaseList metadata=591
165 io.k8s.api.coordination.v1beta1.LeaseSpec
166 io.k8s.api.core.v1.AWSElasticBlockStoreVolumeSource
167 io.k8s.api.core.v1.Affinity nodeAffinity=252 podAffinity=279 podAntiAffinity=281
168 io.k8s.api.core.v1.AttachedVolume
169 io.k8s.api.core.v1.AzureDiskVolumeSource
170 io.k8s.api.core.v1.AzureFilePersistentVolumeSource
171 io.k8s.api.core.v1.AzureFileVolumeSource
172 io.k8s.api.core.v1.Binding metadata=594 target=265
173 io.k8s.api.core.v1.CSIPersistentVolumeSource controllerExpandSecretRef=324 controllerPublishSecretRef=324 nodePublishSecretRef=324 nodeStageSecretRef=324 volumeAttributes=0
174 io.k8s.api.core.v1.CSIVolumeSource nodePublishSecretRef=242 volumeAttributes=0
175 io.k8s.api.core.v1.Capabilities
176 io.k8s.api.core.v1.CephFSPersistentVolumeSource secretRef=324
177 io.k8s.api.core.v1.CephFSVolumeSource secretRef=242
178 io.k8s.api.core.v1.CinderPersistentVolumeSource secretRef=324
179 io.k8s.api.core.v1.CinderVolumeSource secretRef=242
180 io.k8s.api.core.v1.ClientIPConfig
181 io.k8s.api.core.v1.ComponentCondition
182 io.k8s.api.core.v1.ComponentStatus conditions=[type]181 metadata=594
183 io.k8s.api.core.v1.ComponentStatusList metadata=591
184 io.k8s.api.core.v1.ConfigMap binaryData=0 data=0 metadata=594
185 io.k8s.api.core.v1.ConfigMapEnvSource
186 io.k8s.api.core.v1.ConfigMapKeySelector
187 io.k8s.api.core.v1.ConfigMapList metadata=591
188 io.k8s.api.core.v1.ConfigMapNodeConfigSource
189 io.k8s.api.core.v1.ConfigMapProjection
190 io.k8s.api.core.v1.ConfigMapVolumeSource
191 io.k8s.api.core.v1.Container env=[name]210 lifecycle=235 livenessProbe=297 ports=[containerPort,protocol]193 readinessProbe=297 resources=312 securityContext=326 startupProbe=297 volumeDevices=[devicePath]347 volumeMounts=[mountPath]348
192 io.k8s.api.core.v1.ContainerImage
193 io.k8s.api.core.v1.ContainerPort
194 io.k8s.api.core.v1.ContainerState running=195 terminated=196 waiting=197
195 io.k8s.api.core.v1.ContainerStateRunning
196 io.k8s.api.core.v1.ContainerStateTerminated
197 io.k8s.api.core.v1.ContainerStateWaiting
198 io.k8s.api.core.v1.ContainerStatus lastState=194 state=194
199 io.k8s.api.core.v1.DaemonEndpoint
200 io.k8s.api.core.v1.DownwardAPIProjection
201 io.k8s.api.core.v1.DownwardAPIVolumeFile fieldRef=264 resourceFieldRef=307
202 io.k8s.api.core.v1.DownwardAPIVolumeSource
203 io.k8s.api.core.v1.EmptyDirVolumeSource
204 io.k8s.api.core.v1.EndpointAddress targetRef=265
205 io.k8s.api.core.v1.EndpointPort
206 io.k8s.api.core.v1.EndpointSubset
207 io.k8s.api.core.v1.Endpoints metadata=594
208 io.k8s.api.core.v1.EndpointsList metadata=591
209 io.k8s.api.core.v1.EnvFromSource configMapRef=185 secretRef=320
210 io.k8s.api.core.v1.EnvVar valueFrom=211
211 io.k8s.api.core.v1.EnvVarSource configMapKeyRef=186 fieldRef=264 resourceFieldRef=307 secretKeyRef=321
212 io.k8s.api.core.v1.EphemeralContainer env=[name]210 lifecycle=235 livenessProbe=297 readinessProbe=297 resources=312 securityContext=326 startupProbe=297 volumeDevices=[devicePath]347 volumeMounts=[mountPath]348
213 io.k8s.api.core.v1.EphemeralVolumeSource volumeClaimTemplate=272
214 io.k8s.api.core.v1.Event involvedObject=265 metadata=594 related=265 series=216 source=217
215 io.k8s.api.core.v1.EventList metadata=591
216 io.k8s.api.core.v1.EventSeries
217 io.k8s.api.core.v1.EventSource
218 io.k8s.api.core.v1.ExecAction
219 io.k8s.api.core.v1.FCVolumeSource
220 io.k8s.api.core.v1.FlexPersistentVolumeSource options=0 secretRef=324
221 io.k8s.api.core.v1.FlexVolumeSource options=0 secretRef=242
222 io.k8s.api.core.v1.FlockerVolumeSource
223 io.k8s.api.core.v1.GCEPersistentDiskVolumeSource
224 io.k8s.api.core.v1.GitRepoVolumeSource
225 io.k8s.api.core.v1.GlusterfsPersistentVolumeSource
226 io.k8s.api.core.v1.GlusterfsVolumeSource
227 io.k8s.api.core.v1.HTTPGetAction
228 io.k8s.api.core.v1.HTTPHeader
229 io.k8s.api.core.v1.Handler exec=218 httpGet=227 tcpSocket=339
230 io.k8s.api.core.v1.HostAlias
231 io.k8s.api.core.v1.HostPathVolumeSource
232 io.k8s.api.core.v1.ISCSIPersistentVolumeSource secretRef=324
233 io.k8s.api.core.v1.ISCSIVolumeSource secretRef=242
234 io.k8s.api.core.v1.KeyToPath
235 io.k8s.api.core.v1.Lifecycle postStart=229 preStop=229
236 io.k8s.api.core.v1.LimitRange metadata=594 spec=239
237 io.k8s.api.core.v1.LimitRangeItem default=0 defaultRequest=0 max=0 maxLimitRequestRatio=0 min=0
238 io.k8s.api.core.v1.LimitRangeList metadata=591
239 io.k8s.api.core.v1.LimitRangeSpec
240 io.k8s.api.core.v1.LoadBalancerIngress
241 io.k8s.api.core.v1.LoadBalancerStatus
242 io.k8s.api.core.v1.LocalObjectReference
243 io.k8s.api.core.v1.LocalVolumeSource
244 io.k8s.api.core.v1.NFSVolumeSource
245 io.k8s.api.core.v1.Namespace metadata=594 spec=248 status=249
246 io.k8s.api.core.v1.NamespaceCondition
247 io.k8s.api.core.v1.NamespaceList metadata=591
248 io.k8s.api.core.v1.NamespaceSpec
249 io.k8s.api.core.v1.NamespaceStatus conditions=[type]246
250 io.k8s.api.core.v1.Node metadata=594 spec=261 status=262
251 io.k8s.api.core.v1.NodeAddress
252 io.k8s.api.core.v1.NodeAffinity requiredDuringSchedulingIgnoredDuringExecution=258
253 io.k8s.api.core.v1.NodeCondition
254 io.k8s.api.core.v1.NodeConfigSource configMap=188
255 io.k8s.api.core.v1.NodeConfigStatus active=254 assigned=254 lastKnownGood=254
256 io.k8s.api.core.v1.NodeDaemonEndpoints kubeletEndpoint=199
257 io.k8s.api.core.v1.NodeList metadata=591
258 io.k8s.api.core.v1.NodeSelector
259 io.k8s.api.core.v1.NodeSelectorRequirement
260 io.k8s.api.core.v1.NodeSelectorTerm
261 io.k8s.api.core.v1.NodeSpec configSource=254 podCIDRs=[]
262 io.k8s.api.core.v1.NodeStatus addresses=[type]251 allocatable=0 capacity=0 conditions=[type]253 config=255 daemonEndpoints=256 nodeInfo=263
263 io.k8s.api.core.v1.NodeSystemInfo
264 io.k8s.api.core.v1.ObjectFieldSelector
265 io.k8s.api.core.v1.ObjectReference
266 io.k8s.api.core.v1.PersistentVolume metadata=594 spec=275 status=276
267 io.k8s.api.core.v1.PersistentVolumeClaim metadata=594 spec=270 status=271
268 io.k8s.api.core.v1.PersistentVolumeClaimCondition
269 io.k8s.api.core.v1.PersistentVolumeClaimList metadata=591
270 io.k8s.api.core.v1.PersistentVolumeClaimSpec dataSource=345 resources=312 selector=589
271 io.k8s.api.core.v1.PersistentVolumeClaimStatus capacity=0 conditions=[type]268
272 io.k8s.api.core.v1.PersistentVolumeClaimTemplate metadata=594 spec=270
273 io.k8s.api.core.v1.PersistentVolumeClaimVolumeSource
274 io.k8s.api.core.v1.PersistentVolumeList metadata=591
275 io.k8s.api.core.v1.PersistentVolumeSpec awsElasticBlockStore=166 azureDisk=169 azureFile=170 capacity=0 cephfs=176 cinder=178 claimRef=265 csi=173 fc=219 flexVolume=220 flocker=222 gcePersistentDisk=223 glusterfs=225 hostPath=231 iscsi=232 local=243 nfs=244 nodeAffinity=349 photonPersistentDisk=277 portworxVolume=295 quobyte=299 rbd=300 scaleIO=314 storageos=336 vsphereVolume=351
276 io.k8s.api.core.v1.PersistentVolumeStatus
277 io.k8s.api.core.v1.PhotonPersistentDiskVolumeSource
278 io.k8s.api.core.v1.Pod metadata=594 spec=289 status=290
279 io.k8s.api.core.v1.PodAffinity
280 io.k8s.api.core.v1.PodAffinityTerm labelSelector=589 namespaceSelector=589
281 io.k8s.api.core.v1.PodAntiAffinity
282 io.k8s.api.core.v1.PodCondition
283 io.k8s.api.core.v1.PodDNSConfig
284 io.k8s.api.core.v1.PodDNSConfigOption
285 io.k8s.api.core.v1.PodIP
286 io.k8s.api.core.v1.PodList metadata=591
287 io.k8s.api.core.v1.PodReadinessGate
288 io.k8s.api.core.v1.PodSecurityContext seLinuxOptions=313 seccompProfile=318 windowsOptions=353
289 io.k8s.api.core.v1.PodSpec affinity=167 containers=[name]191 dnsConfig=283 ephemeralContainers=[name]212 hostAliases=[ip]230 imagePullSecrets=[name]242 initContainers=[name]191 nodeSelector=0 overhead=0 securityContext=288 topologySpreadConstraints=[topologyKey,whenUnsatisfiable]344 volumes=[name]346
290 io.k8s.api.core.v1.PodStatus conditions=[type]282 podIPs=[ip]285
291 io.k8s.api.core.v1.PodTemplate metadata=594 template=293
292 io.k8s.api.core.v1.PodTemplateList metadata=591
293 io.k8s.api.core.v1.PodTemplateSpec metadata=594 spec=289
294 io.k8s.api.core.v1.PortStatus
295 io.k8s.api.core.v1.PortworxVolumeSource
296 io.k8s.api.core.v1.PreferredSchedulingTerm preference=260
297 io.k8s.api.core.v1.Probe exec=218 httpGet=227 tcpSocket=339
298 io.k8s.api.core.v1.ProjectedVolumeSource
299 io.k8s.api.core.v1.QuobyteVolumeSource
300 io.k8s.api.core.v1.RBDPersistentVolumeSource secretRef=324
301 io.k8s.api.core.v1.RBDVolumeSource secretRef=242
302 io.k8s.api.core.v1.ReplicationController metadata=594 spec=305 status=306
303 io.k8s.api.core.v1.ReplicationControllerCondition
304 io.k8s.api.core.v1.ReplicationControllerList metadata=591
305 io.k8s.api.core.v1.ReplicationControllerSpec selector=0 template=293
306 io.k8s.api.core.v1.ReplicationControllerStatus conditions=[type]303
307 io.k8s.api.core.v1.ResourceFieldSelector
308 io.k8s.api.core.v1.ResourceQuota metadata=594 spec=310 status=311
309 io.k8s.api.core.v1.ResourceQuotaList metadata=591
310 io.k8s.api.core.v1.ResourceQuotaSpec hard=0 scopeSelector=316
311 io.k8s.api.core.v1.ResourceQuotaStatus hard=0 used=0
312 io.k8s.api.core.v1.ResourceRequirements limits=0 requests=0
313 io.k8s.api.core.v1.SELinuxOptions
314 io.k8s.api.core.v1.ScaleIOPersistentVolumeSource secretRef=324
315 io.k8s.api.core.v1.ScaleIOVolumeSource secretRef=242
316 io.k8s.api.core.v1.ScopeSelector
317 io.k8s.api.core.v1.ScopedResourceSelectorRequirement
318 io.k8s.api.core.v1.SeccompProfile
319 io.k8s.api.core.v1.Secret data=0 metadata=594 stringData=0
320 io.k8s.api.core.v1.SecretEnvSource
321 io.k8s.api.core.v1.SecretKeySelector
322 io.k8s.api.core.v1.SecretList metadata=591
323 io.k8s.api.core.v1.SecretProjection
324 io.k8s.api.core.v1.SecretReference
325 io.k8s.api.core.v1.SecretVolumeSource
326 io.k8s.api.core.v1.SecurityContext capabilities=175 seLinuxOptions=313 seccompProfile=318 windowsOptions=353
327 io.k8s.api.core.v1.Service metadata=594 spec=333 status=334
328 io.k8s.api.core.v1.ServiceAccount metadata=594 secrets=[name]265
329 io.k8s.api.core.v1.ServiceAccountList metadata=591
330 io.k8s.api.core.v1.ServiceAccountTokenProjection
331 io.k8s.api.core.v1.ServiceList metadata=591
332 io.k8s.api.core.v1.ServicePort
333 io.k8s.api.core.v1.ServiceSpec ports=[port,protocol]332 selector=0 sessionAffinityConfig=335
334 io.k8s.api.core.v1.ServiceStatus conditions=[type]585 loadBalancer=241
335 io.k8s.api.core.v1.SessionAffinityConfig clientIP=180
336 io.k8s.api.core.v1.StorageOSPersistentVolumeSource secretRef=265
337 io.k8s.api.core.v1.StorageOSVolumeSource secretRef=242
338 io.k8s.api.core.v1.Sysctl
339 io.k8s.api.core.v1.TCPSocketAction
340 io.k8s.api.core.v1.Taint
341 io.k8s.api.core.v1.Toleration
342 io.k8s.api.core.v1.TopologySelectorLabelRequirement
343 io.k8s.api.core.v1.TopologySelectorTerm
344 io.k8s.api.core.v1.TopologySpreadConstraint labelSelector=589
345 io.k8s.api.core.v1.TypedLocalObjectReference
346 io.k8s.api.core.v1.Volume awsElasticBlockStore=166 azureDisk=169 azureFile=171 cephfs=177 cinder=179 configMap=190 csi=174 downwardAPI=202 emptyDir=203 ephemeral=213 fc=219 flexVolume=221 flocker=222 gcePersistentDisk=223 gitRepo=224 glusterfs=226 hostPath=231 iscsi=233 nfs=244 persistentVolumeClaim=273 photonPersistentDisk=277 portworxVolume=295 projected=298 quobyte=299 rbd=301 scaleIO=315 secret=325 storageos=337 vsphereVolume=351
347 io.k8s.api.core.v1.VolumeDevice
348 io.k8s.api.core.v1.VolumeMount
349 io.k8s.api.core.v1.VolumeNodeAffinity required=258
350 io.k8s.api.core.v1.VolumeProjection configMap=189 downwardAPI=200 secret=323 serviceAccountToken=330
351 io.k8s.api.core.v1.VsphereVirtualDiskVolumeSource
352 io.k8s.api.core.v1.WeightedPodAffinityTerm podAffinityTerm=280
353 io.k8s.api.core.v1.WindowsSecurityContextOptions
354 io.k8s.api.discovery.v1.Endpoint conditions=355 deprecatedTopology=0 hints=356 targetRef=265
355 io.k8s.api.discovery.v1.EndpointConditions
356 io.k8s.api.discovery.v1.EndpointHints
357 io.k8s.api.discovery.v1.EndpointPort
358 io.k8s.api.discovery.v1.EndpointSlice metadata=594
359 io.k8s.api.discovery.v1.EndpointSliceList metadata=591
360 io.k8s.api.discovery.v1.ForZone
361 io.k8s.api.discovery.v1beta1.Endpoint conditions=362 hints=363 targetRef=265 topology=0
362 io.k8s.api.discovery.v1beta1.EndpointConditions
363 io.k8s.api.discovery.v1beta1.EndpointHints
364 io.k8s.api.discovery.v1beta1.EndpointPort
365 io.k8s.api.discovery.v1beta1.EndpointSlice metadata=594
366 io.k8s.api.discovery.v1beta1.EndpointSliceList metadata=591
367 io.k8s.api.discovery.v1beta1.ForZone
368 io.k8s.api.events.v1.Event deprecatedSource=217 metadata=594 regarding=265 related=265 series=370
369 io.k8s.api.events.v1.EventList metadata=591
370 io.k8s.api.events.v1.EventSeries
371 io.k8s.api.events.v1beta1.Event deprecatedSource=217 metadata=594 regarding=265 related=265 series=373
372 io.k8s.api.events.v1beta1.EventList metadata=591
373 io.k8s.api.events.v1beta1.EventSeries
374 io.k8s.api.extensions.v1beta1.HTTPIngressPath backend=377
375 io.k8s.api.extensions.v1beta1.HTTPIngressRuleValue
376 io.k8s.api.extensions.v1beta1.Ingress metadata=594 spec=380 status=381
377 io.k8s.api.extensions.v1beta1.IngressBackend resource=345
378 io.k8s.api.extensions.v1beta1.IngressList metadata=591
379 io.k8s.api.extensions.v1beta1.IngressRule http=375
380 io.k8s.api.extensions.v1beta1.IngressSpec backend=377
381 io.k8s.api.extensions.v1beta1.IngressStatus loadBalancer=241
382 io.k8s.api.extensions.v1beta1.IngressTLS
383 io.k8s.api.flowcontrol.v1beta1.FlowDistinguisherMethod
384 io.k8s.api.flowcontrol.v1beta1.FlowSchema metadata=594 spec=387 status=388
385 io.k8s.api.flowcontrol.v1beta1.FlowSchemaCondition
386 io.k8s.api.flowcontrol.v1beta1.FlowSchemaList metadata=591
387 io.k8s.api.flowcontrol.v1beta1.FlowSchemaSpec distinguisherMethod=383 priorityLevelConfiguration=397
388 io.k8s.api.flowcontrol.v1beta1.FlowSchemaStatus
389 io.k8s.api.flowcontrol.v1beta1.GroupSubject
390 io.k8s.api.flowcontrol.v1beta1.LimitResponse queuing=400
391 io.k8s.api.flowcontrol.v1beta1.LimitedPriorityLevelConfiguration limitResponse=390
392 io.k8s.api.flowcontrol.v1beta1.NonResourcePolicyRule
393 io.k8s.api.flowcontrol.v1beta1.PolicyRulesWithSubjects
394 io.k8s.api.flowcontrol.v1beta1.PriorityLevelConfiguration metadata=594 spec=398 status=399
395 io.k8s.api.flowcontrol.v1beta1.PriorityLevelConfigurationCondition
396 io.k8s.api.flowcontrol.v1beta1.PriorityLevelConfigurationList metadata=591
397 io.k8s.api.flowcontrol.v1beta1.PriorityLevelConfigurationReference
398 io.k8s.api.flowcontrol.v1beta1.PriorityLevelConfigurationSpec limited=391
399 io.k8s.api.flowcontrol.v1beta1.PriorityLevelConfigurationStatus
400 io.k8s.api.flowcontrol.v1beta1.QueuingConfiguration
401 io.k8s.api.flowcontrol.v1beta1.ResourcePolicyRule
402 io.k8s.api.flowcontrol.v1beta1.ServiceAccountSubject
403 io.k8s.api.flowcontrol.v1beta1.Subject group=389 serviceAccount=402 user=404
404 io.k8s.api.flowcontrol.v1beta1.UserSubject
405 io.k8s.api.networking.v1.HTTPIngressPath backend=409
406 io.k8s.api.networking.v1.HTTPIngressRuleValue
407 io.k8s.api.networking.v1.IPBlock
408 io.k8s.api.networking.v1.Ingress metadata=594 spec=417 status=418
409 io.k8s.api.networking.v1.IngressBackend resource=345 service=416
410 io.k8s.api.networking.v1.IngressClass metadata=594 spec=413
411 io.k8s.api.networking.v1.IngressClassList metadata=591
412 io.k8s.api.networking.v1.IngressClassParametersReference
413 io.k8s.api.networking.v1.IngressClassSpec parameters=412
414 io.k8s.api.networking.v1.IngressList metadata=591
415 io.k8s.api.networking.v1.IngressRule http=406
416 io.k8s.api.networking.v1.IngressServiceBackend port=427
417 io.k8s.api.networking.v1.IngressSpec defaultBackend=409
418 io.k8s.api.networking.v1.IngressStatus loadBalancer=241
419 io.k8s.api.networking.v1.IngressTLS
420 io.k8s.api.networking.v1.NetworkPolicy metadata=594 spec=426
421 io.k8s.api.networking.v1.NetworkPolicyEgressRule
422 io.k8s.api.networking.v1.NetworkPolicyIngressRule
423 io.k8s.api.networking.v1.NetworkPolicyList metadata=591
424 io.k8s.api.networking.v1.NetworkPolicyPeer ipBlock=407 namespaceSelector=589 podSelector=589
425 io.k8s.api.networking.v1.NetworkPolicyPort
426 io.k8s.api.networking.v1.NetworkPolicySpec podSelector=589
427 io.k8s.api.networking.v1.ServiceBackendPort
428 io.k8s.api.networking.v1beta1.HTTPIngressPath backend=431
429 io.k8s.api.networking.v1beta1.HTTPIngressRuleValue
430 io.k8s.api.networking.v1beta1.Ingress metadata=594 spec=438 status=439
431 io.k8s.api.networking.v1beta1.IngressBackend resource=345
432 io.k8s.api.networking.v1beta1.IngressClass metadata=594 spec=435
433 io.k8s.api.networking.v1beta1.IngressClassList metadata=591
434 io.k8s.api.networking.v1beta1.IngressClassParametersReference
435 io.k8s.api.networking.v1beta1.IngressClassSpec parameters=434
436 io.k8s.api.networking.v1beta1.IngressList metadata=591
437 io.k8s.api.networking.v1beta1.IngressRule http=429
438 io.k8s.api.networking.v1beta1.IngressSpec backend=431
439 io.k8s.api.networking.v1beta1.IngressStatus loadBalancer=241
440 io.k8s.api.networking.v1beta1.IngressTLS
441 io.k8s.api.node.v1.Overhead podFixed=0
442 io.k8s.api.node.v1.RuntimeClass metadata=594 overhead=441 scheduling=444
443 io.k8s.api.node.v1.RuntimeClassList metadata=591
444 io.k8s.api.node.v1.Scheduling nodeSelector=0
445 io.k8s.api.node.v1beta1.Overhead podFixed=0
446 io.k8s.api.node.v1beta1.RuntimeClass metadata=594 overhead=445 scheduling=448
447 io.k8s.api.node.v1beta1.RuntimeClassList metadata=591
448 io.k8s.api.node.v1beta1.Scheduling nodeSelector=0
449 io.k8s.api.policy.v1.PodDisruptionBudget metadata=594 spec=451 status=452
450 io.k8s.api.policy.v1.PodDisruptionBudgetList metadata=591
451 io.k8s.api.policy.v1.PodDisruptionBudgetSpec selector=589
452 io.k8s.api.policy.v1.PodDisruptionBudgetStatus conditions=[type]585 disruptedPods=0
453 io.k8s.api.policy.v1beta1.AllowedCSIDriver
454 io.k8s.api.policy.v1beta1.AllowedFlexVolume
455 io.k8s.api.policy.v1beta1.AllowedHostPath
456 io.k8s.api.policy.v1beta1.Eviction deleteOptions=586 metadata=594
457 io.k8s.api.policy.v1beta1.FSGroupStrategyOptions
458 io.k8s.api.policy.v1beta1.HostPortRange
459 io.k8s.api.policy.v1beta1.IDRange
460 io.k8s.api.policy.v1beta1.PodDisruptionBudget metadata=594 spec=462 status=463
461 io.k8s.api.policy.v1beta1.PodDisruptionBudgetList metadata=591
462 io.k8s.api.policy.v1beta1.PodDisruptionBudgetSpec selector=589
463 io.k8s.api.policy.v1beta1.PodDisruptionBudgetStatus conditions=[type]585 disruptedPods=0
464 io.k8s.api.policy.v1beta1.PodSecurityPolicy metadata=594 spec=466
465 io.k8s.api.policy.v1beta1.PodSecurityPolicyList metadata=591
466 io.k8s.api.policy.v1beta1.PodSecurityPolicySpec fsGroup=457 runAsGroup=467 runAsUser=468 runtimeClass=469 seLinux=470 supplementalGroups=471
467 io.k8s.api.policy.v1beta1.RunAsGroupStrategyOptions
468 io.k8s.api.policy.v1beta1.RunAsUserStrategyOptions
469 io.k8s.api.policy.v1beta1.RuntimeClassStrategyOptions
470 io.k8s.api.policy.v1beta1.SELinuxStrategyOptions seLinuxOptions=313
471 io.k8s.api.policy.v1beta1.SupplementalGroupsStrategyOptions
472 io.k8s.api.rbac.v1.AggregationRule
473 io.k8s.api.rbac.v1.ClusterRole aggregationRule=472 metadata=594
474 io.k8s.api.rbac.v1.ClusterRoleBinding metadata=594 roleRef=482
475 io.k8s.api.rbac.v1.ClusterRoleBindingList metadata=591
476 io.k8s.api.rbac.v1.ClusterRoleList metadata=591
477 io.k8s.api.rbac.v1.PolicyRule
478 io.k8s.api.rbac.v1.Role metadata=594
479 io.k8s.api.rbac.v1.RoleBinding metadata=594 roleRef=482
480 io.k8s.api.rbac.v1.RoleBindingList metadata=591
481 io.k8s.api.rbac.v1.RoleList metadata=591
482 io.k8s.api.rbac.v1.RoleRef
483 io.k8s.api.rbac.v1.Subject
484 io.k8s.api.rbac.v1beta1.AggregationRule
485 io.k8s.api.rbac.v1beta1.ClusterRole aggregationRule=484 metadata=594
486 io.k8s.api.rbac.v1beta1.ClusterRoleBinding metadata=594 roleRef=494
487 io.k8s.api.rbac.v1beta1.ClusterRoleBindingList metadata=591
488 io.k8s.api.rbac.v1beta1.ClusterRoleList metadata=591
489 io.k8s.api.rbac.v1beta1.PolicyRule
490 io.k8s.api.rbac.v1beta1.Role metadata=594
491 io.k8s.api.rbac.v1beta1.RoleBinding metadata=594 roleRef=494
492 io.k8s.api.rbac.v1beta1.RoleBindingList metadata=591
493 io.k8s.api.rbac.v1beta1.RoleList metadata=591
494 io.k8s.api.rbac.v1beta1.RoleRef
495 io.k8s.api.rbac.v1beta1.Subject
496 io.k8s.api.scheduling.v1.PriorityClass metadata=594
497 io.k8s.api.scheduling.v1.PriorityClassList metadata=591
498 io.k8s.api.scheduling.v1beta1.PriorityClass metadata=594
499 io.k8s.api.scheduling.v1beta1.PriorityClassList metadata=591
500 io.k8s.api.storage.v1.CSIDriver metadata=594 spec=502
501 io.k8s.api.storage.v1.CSIDriverList metadata=591
502 io.k8s.api.storage.v1.CSIDriverSpec
503 io.k8s.api.storage.v1.CSINode metadata=594 spec=506
504 io.k8s.api.storage.v1.CSINodeDriver allocatable=516
505 io.k8s.api.storage.v1.CSINodeList metadata=591
506 io.k8s.api.storage.v1.CSINodeSpec drivers=[name]504
507 io.k8s.api.storage.v1.StorageClass metadata=594 parameters=0
508 io.k8s.api.storage.v1.StorageClassList metadata=591
509 io.k8s.api.storage.v1.TokenRequest
510 io.k8s.api.storage.v1.VolumeAttachment metadata=594 spec=513 status=514
511 io.k8s.api.storage.v1.VolumeAttachmentList metadata=591
512 io.k8s.api.storage.v1.VolumeAttachmentSource inlineVolumeSpec=275
513 io.k8s.api.storage.v1.VolumeAttachmentSpec source=512
514 io.k8s.api.storage.v1.VolumeAttachmentStatus attachError=515 attachmentMetadata=0 detachError=515
515 io.k8s.api.storage.v1.VolumeError
516 io.k8s.api.storage.v1.VolumeNodeResources
517 io.k8s.api.storage.v1beta1.CSIDriver metadata=594 spec=519
518 io.k8s.api.storage.v1beta1.CSIDriverList metadata=591
519 io.k8s.api.storage.v1beta1.CSIDriverSpec
520 io.k8s.api.storage.v1beta1.CSINode metadata=594 spec=523
521 io.k8s.api.storage.v1beta1.CSINodeDriver allocatable=535
522 io.k8s.api.storage.v1beta1.CSINodeList metadata=591
523 io.k8s.api.storage.v1beta1.CSINodeSpec drivers=[name]521
524 io.k8s.api.storage.v1beta1.CSIStorageCapacity metadata=594 nodeTopology=589
525 io.k8s.api.storage.v1beta1.CSIStorageCapacityList metadata=591
526 io.k8s.api.storage.v1beta1.StorageClass metadata=594 parameters=0
527 io.k8s.api.storage.v1beta1.StorageClassList metadata=591
528 io.k8s.api.storage.v1beta1.TokenRequest
529 io.k8s.api.storage.v1beta1.VolumeAttachment metadata=594 spec=532 status=533
530 io.k8s.api.storage.v1beta1.VolumeAttachmentList metadata=591
531 io.k8s.api.storage.v1beta1.VolumeAttachmentSource inlineVolumeSpec=275
532 io.k8s.api.storage.v1beta1.VolumeAttachmentSpec source=531
533 io.k8s.api.storage.v1beta1.VolumeAttachmentStatus attachError=534 attachmentMetadata=0 detachError=534
534 io.k8s.api.storage.v1beta1.VolumeError
535 io.k8s.api.storage.v1beta1.VolumeNodeResources
536 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceColumnDefinition
537 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceConversion webhook=557
538 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition metadata=594 spec=542 status=543
539 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionCondition
540 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionList metadata=591
541 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionNames
542 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionSpec conversion=537 names=541
543 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionStatus acceptedNames=541
544 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionVersion schema=548 subresources=547
545 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresourceScale
546 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresourceStatus
547 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresources scale=545 status=546
548 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceValidation openAPIV3Schema=551
549 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ExternalDocumentation
550 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON
551 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps additionalItems=553 additionalProperties=553 default=550 definitions=*551 dependencies=*554 example=550 externalDocs=549 items=552 not=551 patternProperties=*551 properties=*551
552 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray
553 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool
554 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray
555 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ServiceReference
556 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.WebhookClientConfig service=555
557 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.WebhookConversion clientConfig=556
558 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1beta1.CustomResourceColumnDefinition
559 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1beta1.CustomResourceConversion webhookClientConfig=578
560 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1beta1.CustomResourceDefinition metadata=594 spec=564 status=565
561 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1beta1.CustomResourceDefinitionCondition
562 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1beta1.CustomResourceDefinitionList metadata=591
563 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1beta1.CustomResourceDefinitionNames
564 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1beta1.CustomResourceDefinitionSpec conversion=559 names=563 subresources=569 validation=570
565 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1beta1.CustomResourceDefinitionStatus acceptedNames=563
566 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1beta1.CustomResourceDefinitionVersion schema=570 subresources=569
567 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1beta1.CustomResourceSubresourceScale
568 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1beta1.CustomResourceSubresourceStatus
569 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1beta1.CustomResourceSubresources scale=567 status=568
570 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1beta1.CustomResourceValidation openAPIV3Schema=573
571 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1beta1.ExternalDocumentation
572 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1beta1.JSON
573 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1beta1.JSONSchemaProps additionalItems=575 additionalProperties=575 default=572 definitions=*573 dependencies=*576 example=572 externalDocs=571 items=574 not=573 patternProperties=*573 properties=*573
574 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1beta1.JSONSchemaPropsOrArray
575 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1beta1.JSONSchemaPropsOrBool
576 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1beta1.JSONSchemaPropsOrStringArray
577 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1beta1.ServiceReference
578 io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1beta1.WebhookClientConfig service=577
579 io.k8s.apimachinery.pkg.api.resource.Quantity
580 io.k8s.apimachinery.pkg.apis.meta.v1.APIGroup preferredVersion=588
581 io.k8s.apimachinery.pkg.apis.meta.v1.APIGroupList
582 io.k8s.apimachinery.pkg.apis.meta.v1.APIResource
583 io.k8s.apimachinery.pkg.apis.meta.v1.APIResourceList
584 io.k8s.apimachinery.pkg.apis.meta.v1.APIVersions
585 io.k8s.apimachinery.pkg.apis.meta.v1.Condition
586 io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions preconditions=597
587 io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1
588 io.k8s.apimachinery.pkg.apis.meta.v1.GroupVersionForDiscovery
589 io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector matchLabels=0
590 io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelectorRequirement
591 io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta
592 io.k8s.apimachinery.pkg.apis.meta.v1.ManagedFieldsEntry fieldsV1=587
593 io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime
594 io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta annotations=0 finalizers=[] labels=0 ownerReferences=[uid]595
595 io.k8s.apimachinery.pkg.apis.meta.v1.OwnerReference
596 io.k8s.apimachinery.pkg.apis.meta.v1.Patch
597 io.k8s.apimachinery.pkg.apis.meta.v1.Preconditions
598 io.k8s.apimachinery.pkg.apis.meta.v1.ServerAddressByClientCIDR
599 io.k8s.apimachinery.pkg.apis.meta.v1.Status details=601 metadata=591
600 io.k8s.apimachinery.pkg.apis.meta.v1.StatusCause
601 io.k8s.apimachinery.pkg.apis.meta.v1.StatusDetails
602 io.k8s.apimachinery.pkg.apis.meta.v1.Time
603 io.k8s.apimachinery.pkg.apis.meta.v1.WatchEvent object=604
604 io.k8s.apimachinery.pkg.runtime.RawExtension
605 io.k8s.apimachinery.pkg.util.intstr.IntOrString
606 io.k8s.apimachinery.pkg.version.Info
607 io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIService metadata=594 spec=610 status=611
608 io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIServiceCondition
609 io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIServiceList metadata=591
610 io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIServiceSpec service=612
611 io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIServiceStatus conditions=[type]608
612 io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.ServiceReference
613 io.k8s.kube-aggregator.pkg.apis.apiregistration.v1beta1.APIService metadata=594 spec=616 status=617
614 io.k8s.kube-aggregator.pkg.apis.apiregistration.v1beta1.APIServiceCondition
615 io.k8s.kube-aggregator.pkg.apis.apiregistration.v1beta1.APIServiceList metadata=591
616 io.k8s.kube-aggregator.pkg.apis.apiregistration.v1beta1.APIServiceSpec service=618
617 io.k8s.kube-aggregator.pkg.apis.apiregistration.v1beta1.APIServiceStatus conditions=[type]614
618 io.k8s.kube-aggregator.pkg.apis.apiregistration.v1beta1.ServiceReference
)";

const std::string_view kKustomizeTypeRows =
    R"(
1 io.k8s.api.apps.v1.ConfigMapArgs GeneratorArgs=2
2 io.k8s.api.apps.v1.GeneratorArgs KvPairSources=4
3 io.k8s.api.apps.v1.Kustomization configMapGenerator=[name]1 secretGenerator=[name]5
4 io.k8s.api.apps.v1.KvPairSources
5 io.k8s.api.apps.v1.SecretArgs GeneratorArgs=2
)";

const std::string_view kResourceRows =
    R"(
admission.k8s.io/v1 DeleteOptions 586
admission.k8s.io/v1 WatchEvent 603
admission.k8s.io/v1beta1 DeleteOptions 586
admission.k8s.io/v1beta1 WatchEvent 603
admissionregistration.k8s.io/v1 DeleteOptions 586
admissionregistration.k8s.io/v1 MutatingWebhookConfiguration 2
admissionregistration.k8s.io/v1 MutatingWebhookConfigurationList 3
admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration 7
admissionregistration.k8s.io/v1 ValidatingWebhookConfigurationList 8
admissionregistration.k8s.io/v1 WatchEvent 603
admissionregistration.k8s.io/v1beta1 DeleteOptions 586
admissionregistration.k8s.io/v1beta1 MutatingWebhookConfiguration 11
admissionregistration.k8s.io/v1beta1 MutatingWebhookConfigurationList 12
admissionregistration.k8s.io/v1beta1 ValidatingWebhookConfiguration 16
admissionregistration.k8s.io/v1beta1 ValidatingWebhookConfigurationList 17
admissionregistration.k8s.io/v1beta1 WatchEvent 603
apiextensions.k8s.io/v1 CustomResourceDefinition 538
apiextensions.k8s.io/v1 CustomResourceDefinitionList 540
apiextensions.k8s.io/v1 DeleteOptions 586
apiextensions.k8s.io/v1 WatchEvent 603
apiextensions.k8s.io/v1beta1 CustomResourceDefinition 560
apiextensions.k8s.io/v1beta1 CustomResourceDefinitionList 562
apiextensions.k8s.io/v1beta1 DeleteOptions 586
apiextensions.k8s.io/v1beta1 WatchEvent 603
apiregistration.k8s.io/v1 APIService 607
apiregistration.k8s.io/v1 APIServiceList 609
apiregistration.k8s.io/v1 DeleteOptions 586
apiregistration.k8s.io/v1 WatchEvent 603
apiregistration.k8s.io/v1beta1 APIService 613
apiregistration.k8s.io/v1beta1 APIServiceList 615
apiregistration.k8s.io/v1beta1 DeleteOptions 586
apiregistration.k8s.io/v1beta1 WatchEvent 603
apps/v1 ControllerRevision 19
apps/v1 ControllerRevisionList 20
apps/v1 DaemonSet 21
apps/v1 DaemonSetList 23
apps/v1 DeleteOptions 586
apps/v1 Deployment 27
apps/v1 DeploymentList 29
apps/v1 ReplicaSet 33
apps/v1 ReplicaSetList 35
apps/v1 StatefulSet 41
apps/v1 StatefulSetList 43
apps/v1 WatchEvent 603
apps/v1beta1 DeleteOptions 586
apps/v1beta1 WatchEvent 603
apps/v1beta2 DeleteOptions 586
apps/v1beta2 WatchEvent 603
authentication.k8s.io/v1 DeleteOptions 586
authentication.k8s.io/v1 TokenRequest 48
authentication.k8s.io/v1 TokenReview 51
authentication.k8s.io/v1 WatchEvent 603
authentication.k8s.io/v1beta1 DeleteOptions 586
authentication.k8s.io/v1beta1 TokenReview 55
authentication.k8s.io/v1beta1 WatchEvent 603
authorization.k8s.io/v1 DeleteOptions 586
authorization.k8s.io/v1 LocalSubjectAccessReview 59
authorization.k8s.io/v1 SelfSubjectAccessReview 64
authorization.k8s.io/v1 SelfSubjectRulesReview 66
authorization.k8s.io/v1 SubjectAccessReview 68
authorization.k8s.io/v1 WatchEvent 603
authorization.k8s.io/v1beta1 DeleteOptions 586
authorization.k8s.io/v1beta1 LocalSubjectAccessReview 72
authorization.k8s.io/v1beta1 SelfSubjectAccessReview 77
authorization.k8s.io/v1beta1 SelfSubjectRulesReview 79
authorization.k8s.io/v1beta1 SubjectAccessReview 81
authorization.k8s.io/v1beta1 WatchEvent 603
autoscaling/v1 DeleteOptions 586
autoscaling/v1 HorizontalPodAutoscaler 86
autoscaling/v1 HorizontalPodAutoscalerList 87
autoscaling/v1 Scale 90
autoscaling/v1 WatchEvent 603
autoscaling/v2beta1 DeleteOptions 586
autoscaling/v2beta1 HorizontalPodAutoscaler 98
autoscaling/v2beta1 HorizontalPodAutoscalerList 100
autoscaling/v2beta1 WatchEvent 603
autoscaling/v2beta2 DeleteOptions 586
autoscaling/v2beta2 HorizontalPodAutoscaler 118
autoscaling/v2beta2 HorizontalPodAutoscalerList 121
autoscaling/v2beta2 WatchEvent 603
batch/v1 CronJob 135
batch/v1 CronJobList 136
batch/v1 DeleteOptions 586
batch/v1 Job 139
batch/v1 JobList 141
batch/v1 WatchEvent 603
batch/v1beta1 CronJob 145
batch/v1beta1 CronJobList 146
batch/v1beta1 DeleteOptions 586
batch/v1beta1 WatchEvent 603
certificates.k8s.io/v1 CertificateSigningRequest 150
certificates.k8s.io/v1 CertificateSigningRequestList 152
certificates.k8s.io/v1 DeleteOptions 586
certificates.k8s.io/v1 WatchEvent 603
certificates.k8s.io/v1beta1 CertificateSigningRequest 155
certificates.k8s.io/v1beta1 CertificateSigningRequestList 157
certificates.k8s.io/v1beta1 DeleteOptions 586
certificates.k8s.io/v1beta1 WatchEvent 603
coordination.k8s.io/v1 DeleteOptions 586
coordination.k8s.io/v1 Lease 160
coordination.k8s.io/v1 LeaseList 161
coordination.k8s.io/v1 WatchEvent 603
coordination.k8s.io/v1beta1 DeleteOptions 586
coordination.k8s.io/v1beta1 Lease 163
coordination.k8s.io/v1beta1 LeaseList 164
coordination.k8s.io/v1beta1 WatchEvent 603
discovery.k8s.io/v1 DeleteOptions 586
discovery.k8s.io/v1 EndpointSlice 358
discovery.k8s.io/v1 EndpointSliceList 359
discovery.k8s.io/v1 WatchEvent 603
discovery.k8s.io/v1beta1 DeleteOptions 586
discovery.k8s.io/v1beta1 EndpointSlice 365
discovery.k8s.io/v1beta1 EndpointSliceList 366
discovery.k8s.io/v1beta1 WatchEvent 603
events.k8s.io/v1 DeleteOptions 586
events.k8s.io/v1 Event 368
events.k8s.io/v1 EventList 369
events.k8s.io/v1 WatchEvent 603
events.k8s.io/v1beta1 DeleteOptions 586
events.k8s.io/v1beta1 Event 371
events.k8s.io/v1beta1 EventList 372
events.k8s.io/v1beta1 WatchEvent 603
extensions/v1beta1 DeleteOptions 586
extensions/v1beta1 Ingress 376
extensions/v1beta1 IngressList 378
extensions/v1beta1 WatchEvent 603
flowcontrol.apiserver.k8s.io/v1alpha1 DeleteOptions 586
flowcontrol.apiserver.k8s.io/v1alpha1 WatchEvent 603
flowcontrol.apiserver.k8s.io/v1beta1 DeleteOptions 586
flowcontrol.apiserver.k8s.io/v1beta1 FlowSchema 384
flowcontrol.apiserver.k8s.io/v1beta1 FlowSchemaList 386
flowcontrol.apiserver.k8s.io/v1beta1 PriorityLevelConfiguration 394
flowcontrol.apiserver.k8s.io/v1beta1 PriorityLevelConfigurationList 396
flowcontrol.apiserver.k8s.io/v1beta1 WatchEvent 603
imagepolicy.k8s.io/v1alpha1 DeleteOptions 586
imagepolicy.k8s.io/v1alpha1 WatchEvent 603
internal.apiserver.k8s.io/v1alpha1 DeleteOptions 586
internal.apiserver.k8s.io/v1alpha1 WatchEvent 603
networking.k8s.io/v1 DeleteOptions 586
networking.k8s.io/v1 Ingress 408
networking.k8s.io/v1 IngressClass 410
networking.k8s.io/v1 IngressClassList 411
networking.k8s.io/v1 IngressList 414
networking.k8s.io/v1 NetworkPolicy 420
networking.k8s.io/v1 NetworkPolicyList 423
networking.k8s.io/v1 WatchEvent 603
networking.k8s.io/v1beta1 DeleteOptions 586
networking.k8s.io/v1beta1 Ingress 430
networking.k8s.io/v1beta1 IngressClass 432
networking.k8s.io/v1beta1 IngressClassList 433
networking.k8s.io/v1beta1 IngressList 436
networking.k8s.io/v1beta1 WatchEvent 603
node.k8s.io/v1 DeleteOptions 586
node.k8s.io/v1 RuntimeClass 442
node.k8s.io/v1 RuntimeClassList 443
node.k8s.io/v1 WatchEvent 603
node.k8s.io/v1alpha1 DeleteOptions 586
node.k8s.io/v1alpha1 WatchEvent 603
node.k8s.io/v1beta1 DeleteOptions 586
node.k8s.io/v1beta1 RuntimeClass 446
node.k8s.io/v1beta1 RuntimeClassList 447
node.k8s.io/v1beta1 WatchEvent 603
policy/v1 DeleteOptions 586
policy/v1 PodDisruptionBudget 449
policy/v1 PodDisruptionBudgetList 450
policy/v1 WatchEvent 603
policy/v1beta1 DeleteOptions 586
policy/v1beta1 Eviction 456
policy/v1beta1 PodDisruptionBudget 460
policy/v1beta1 PodDisruptionBudgetList 461
policy/v1beta1 PodSecurityPolicy 464
policy/v1beta1 PodSecurityPolicyList 465
policy/v1beta1 WatchEvent 603
rbac.authorization.k8s.io/v1 ClusterRole 473
rbac.authorization.k8s.io/v1 ClusterRoleBinding 474
rbac.authorization.k8s.io/v1 ClusterRoleBindingList 475
rbac.authorization.k8s.io/v1 ClusterRoleList 476
rbac.authorization.k8s.io/v1 DeleteOptions 586
rbac.authorization.k8s.io/v1 Role 478
rbac.authorization.k8s.io/v1 RoleBinding 479
rbac.authorization.k8s.io/v1 RoleBindingList 480
rbac.authorization.k8s.io/v1 RoleList 481
rbac.authorization.k8s.io/v1 WatchEvent 603
rbac.authorization.k8s.io/v1alpha1 DeleteOptions 586
rbac.authorization.k8s.io/v1alpha1 WatchEvent 603
rbac.authorization.k8s.io/v1beta1 ClusterRole 485
rbac.authorization.k8s.io/v1beta1 ClusterRoleBinding 486
rbac.authorization.k8s.io/v1beta1 ClusterRoleBindingList 487
rbac.authorization.k8s.io/v1beta1 ClusterRoleList 488
rbac.authorization.k8s.io/v1beta1 DeleteOptions 586
rbac.authorization.k8s.io/v1beta1 Role 490
rbac.authorization.k8s.io/v1beta1 RoleBinding 491
rbac.authorization.k8s.io/v1beta1 RoleBindingList 492
rbac.authorization.k8s.io/v1beta1 RoleList 493
rbac.authorization.k8s.io/v1beta1 WatchEvent 603
scheduling.k8s.io/v1 DeleteOptions 586
scheduling.k8s.io/v1 PriorityClass 496
scheduling.k8s.io/v1 PriorityClassList 497
scheduling.k8s.io/v1 WatchEvent 603
scheduling.k8s.io/v1alpha1 DeleteOptions 586
scheduling.k8s.io/v1alpha1 WatchEvent 603
scheduling.k8s.io/v1beta1 DeleteOptions 586
scheduling.k8s.io/v1beta1 PriorityClass 498
scheduling.k8s.io/v1beta1 PriorityClassList 499
scheduling.k8s.io/v1beta1 WatchEvent 603
storage.k8s.io/v1 CSIDriver 500
storage.k8s.io/v1 CSIDriverList 501
storage.k8s.io/v1 CSINode 503
storage.k8s.io/v1 CSINodeList 505
storage.k8s.io/v1 DeleteOptions 586
storage.k8s.io/v1 StorageClass 507
storage.k8s.io/v1 StorageClassList 508
storage.k8s.io/v1 VolumeAttachment 510
storage.k8s.io/v1 VolumeAttachmentList 511
storage.k8s.io/v1 WatchEvent 603
storage.k8s.io/v1alpha1 DeleteOptions 586
storage.k8s.io/v1alpha1 WatchEvent 603
storage.k8s.io/v1beta1 CSIDriver 517
storage.k8s.io/v1beta1 CSIDriverList 518
storage.k8s.io/v1beta1 CSINode 520
storage.k8s.io/v1beta1 CSINodeList 522
storage.k8s.io/v1beta1 CSIStorageCapacity 524
storage.k8s.io/v1beta1 CSIStorageCapacityList 525
storage.k8s.io/v1beta1 DeleteOptions 586
storage.k8s.io/v1beta1 StorageClass 526
storage.k8s.io/v1beta1 StorageClassList 527
storage.k8s.io/v1beta1 VolumeAttachment 529
storage.k8s.io/v1beta1 VolumeAttachmentList 530
storage.k8s.io/v1beta1 WatchEvent 603
v1 APIGroup 580
v1 APIGroupList 581
v1 APIResourceList 583
v1 APIVersions 584
v1 Binding 172
v1 ComponentStatus 182
v1 ComponentStatusList 183
v1 ConfigMap 184
v1 ConfigMapList 187
v1 DeleteOptions 586
v1 Endpoints 207
v1 EndpointsList 208
v1 Event 214
v1 EventList 215
v1 LimitRange 236
v1 LimitRangeList 238
v1 Namespace 245
v1 NamespaceList 247
v1 Node 250
v1 NodeList 257
v1 PersistentVolume 266
v1 PersistentVolumeClaim 267
v1 PersistentVolumeClaimList 269
v1 PersistentVolumeList 274
v1 Pod 278
v1 PodList 286
v1 PodTemplate 291
v1 PodTemplateList 292
v1 ReplicationController 302
v1 ReplicationControllerList 304
v1 ResourceQuota 308
v1 ResourceQuotaList 309
v1 Secret 319
v1 SecretList 322
v1 Service 327
v1 ServiceAccount 328
v1 ServiceAccountList 329
v1 ServiceList 331
v1 Status 599
v1 WatchEvent 603
)";

const std::string_view kKustomizeResourceRows =
    R"(
kustomize.config.k8s.io/v1beta1 ConfigMapArgs 1
kustomize.config.k8s.io/v1beta1 GeneratorArgs 2
kustomize.config.k8s.io/v1beta1 Kustomization 3
kustomize.config.k8s.io/v1beta1 KvPairSources 4
kustomize.config.k8s.io/v1beta1 SecretArgs 5
)";

const ScopeRow kScopeRows[] = {
    {"admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", false},
    {"admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy", false},
    {"admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding", false},
    {"admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", false},
    {"admissionregistration.k8s.io/v1beta1", "MutatingWebhookConfiguration", false},
    {"admissionregistration.k8s.io/v1beta1", "ValidatingWebhookConfiguration", false},
    {"apiextensions.k8s.io/v1", "CustomResourceDefinition", false},
    {"apiextensions.k8s.io/v1beta1", "CustomResourceDefinition", false},
    {"apiregistration.k8s.io/v1", "APIService", false},
    {"apiregistration.k8s.io/v1beta1", "APIService", false},
    {"apps/v1", "ControllerRevision", true},
    {"apps/v1", "DaemonSet", true},
    {"apps/v1", "Deployment", true},
    {"apps/v1", "ReplicaSet", true},
    {"apps/v1", "StatefulSet", true},
    {"autoscaling/v1", "HorizontalPodAutoscaler", true},
    {"autoscaling/v1", "Scale", true},
    {"autoscaling/v2beta1", "HorizontalPodAutoscaler", true},
    {"autoscaling/v2beta2", "HorizontalPodAutoscaler", true},
    {"batch/v1", "CronJob", true},
    {"batch/v1", "Job", true},
    {"batch/v1beta1", "CronJob", true},
    {"certificates.k8s.io/v1", "CertificateSigningRequest", false},
    {"certificates.k8s.io/v1beta1", "CertificateSigningRequest", false},
    {"coordination.k8s.io/v1", "Lease", true},
    {"coordination.k8s.io/v1beta1", "Lease", true},
    {"discovery.k8s.io/v1", "EndpointSlice", true},
    {"discovery.k8s.io/v1beta1", "EndpointSlice", true},
    {"events.k8s.io/v1", "Event", true},
    {"events.k8s.io/v1beta1", "Event", true},
    {"extensions/v1beta1", "Ingress", true},
    {"flowcontrol.apiserver.k8s.io/v1beta1", "FlowSchema", false},
    {"flowcontrol.apiserver.k8s.io/v1beta1", "PriorityLevelConfiguration", false},
    {"networking.k8s.io/v1", "Ingress", true},
    {"networking.k8s.io/v1", "IngressClass", false},
    {"networking.k8s.io/v1", "NetworkPolicy", true},
    {"networking.k8s.io/v1beta1", "Ingress", true},
    {"networking.k8s.io/v1beta1", "IngressClass", false},
    {"node.k8s.io/v1", "RuntimeClass", false},
    {"node.k8s.io/v1beta1", "RuntimeClass", false},
    {"policy/v1", "PodDisruptionBudget", true},
    {"policy/v1beta1", "PodDisruptionBudget", true},
    {"policy/v1beta1", "PodSecurityPolicy", false},
    {"rbac.authorization.k8s.io/v1", "ClusterRole", false},
    {"rbac.authorization.k8s.io/v1", "ClusterRoleBinding", false},
    {"rbac.authorization.k8s.io/v1", "Role", true},
    {"rbac.authorization.k8s.io/v1", "RoleBinding", true},
    {"rbac.authorization.k8s.io/v1beta1", "ClusterRole", false},
    {"rbac.authorization.k8s.io/v1beta1", "ClusterRoleBinding", false},
    {"rbac.authorization.k8s.io/v1beta1", "Role", true},
    {"rbac.authorization.k8s.io/v1beta1", "RoleBinding", true},
    {"scheduling.k8s.io/v1", "PriorityClass", false},
    {"scheduling.k8s.io/v1beta1", "PriorityClass", false},
    {"storage.k8s.io/v1", "CSIDriver", false},
    {"storage.k8s.io/v1", "CSINode", false},
    {"storage.k8s.io/v1", "StorageClass", false},
    {"storage.k8s.io/v1", "VolumeAttachment", false},
    {"storage.k8s.io/v1beta1", "CSIDriver", false},
    {"storage.k8s.io/v1beta1", "CSINode", false},
    {"storage.k8s.io/v1beta1", "CSIStorageCapacity", true},
    {"storage.k8s.io/v1beta1", "StorageClass", false},
    {"storage.k8s.io/v1beta1", "VolumeAttachment", false},
    {"v1", "ComponentStatus", false},
    {"v1", "ConfigMap", true},
    {"v1", "Endpoints", true},
    {"v1", "Event", true},
    {"v1", "LimitRange", true},
    {"v1", "Namespace", false},
    {"v1", "Node", false},
    {"v1", "NodeProxyOptions", false},
    {"v1", "PersistentVolume", false},
    {"v1", "PersistentVolumeClaim", true},
    {"v1", "Pod", true},
    {"v1", "PodAttachOptions", true},
    {"v1", "PodExecOptions", true},
    {"v1", "PodPortForwardOptions", true},
    {"v1", "PodProxyOptions", true},
    {"v1", "PodTemplate", true},
    {"v1", "ReplicationController", true},
    {"v1", "ResourceQuota", true},
    {"v1", "Secret", true},
    {"v1", "Service", true},
    {"v1", "ServiceAccount", true},
    {"v1", "ServiceProxyOptions", true},
};
const std::size_t kScopeRowCount = sizeof kScopeRows / sizeof kScopeRows[0];

}  // namespace weir::kustomize
