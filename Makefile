# The verbs of the project. Everything they make lies in build/ and in the cache folder (~/.cache/weir, or WEIR_CACHE).
# `make demo` and `make test` need nothing but make and git on Debian 12; they do their own set-up, once.

PYTHON ?= /usr/bin/python3
JOBS   ?= $(shell nproc)
PRESET ?= release
BUILD   = build/$(PRESET)

.DEFAULT_GOAL := build
.PHONY: help build test image demo simulate soak bench bench-kustomize bench-helm fuzz kustomize helm helm-reference config differential differential-helm flux mutation converge lint format e2e contract-oldest e2e-cluster controlplane deps configure build-tests clean

help: ## this list
	@sed -n 's/^\([a-z0-9-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 26

build: configure ## the release binary, build/release/weir
	cmake --build $(BUILD) --parallel $(JOBS) --target weir

test: build-tests controlplane kustomize flux helm helm-reference ## every test: unit, golden, contract, e2e
	WEIR_REQUIRE_CONTROL_PLANE=$(if $(CI),1,$(WEIR_REQUIRE_CONTROL_PLANE)) \
	  ctest --test-dir $(BUILD) --parallel $(JOBS) --output-on-failure --no-tests=error $(CTEST_ARGS)

e2e: build-tests controlplane helm-reference ## the scenarios with the real processes only
	ctest --test-dir $(BUILD) --parallel $(JOBS) --output-on-failure --no-tests=error -L e2e $(CTEST_ARGS)

image: ## the container image, with docker or buildah (IMAGE=name:tag); prints its size
	cmake/image/build $(IMAGE)

e2e-cluster: build controlplane helm ## the chart in a real cluster: a node built here (root, Debian 12), or that of KUBECONFIG
	$(PYTHON) test/cluster/e2e.py

contract-oldest: build-tests ## the contract tests on Kubernetes 1.33, the oldest that is supported (make test takes the newest)
	WEIR_KUBERNETES=1.33 test/controlplane/build >/dev/null
	WEIR_KUBERNETES=1.33 WEIR_REQUIRE_CONTROL_PLANE=1 \
	  ctest --test-dir $(BUILD) --output-on-failure --no-tests=error -L contract $(CTEST_ARGS)

demo: build controlplane ## a commit reaches a cluster, live (DEMO=once: without waiting at the end, for machines)
	$(PYTHON) test/demo/demo.py --binary $(BUILD)/weir $(if $(filter once,$(DEMO)),--once)

bench: build controlplane ## W1 to W8 next to Flux's figures (WEIR_BENCH_DIR, or ../shared/bench)
	$(PYTHON) test/bench/bench.py --binary $(BUILD)/weir $(BENCH_ARGS)

bench-kustomize: build kustomize ## `weir build` next to kustomize 5.8.2 on the trees of W9
	$(PYTHON) test/bench/bench_kustomize.py $(BUILD)/weir $(BENCH_ARGS)

differential: build-tests kustomize flux ## random trees against kustomize 5.8.2, random substitutions against Flux 2.9 (SEEDS=2000)
	$(PYTHON) test/golden/kustomize/differential.py $(BUILD)/weir --seeds $(or $(SEEDS),2000)
	$(PYTHON) test/golden/kustomize/flux_differential.py $(BUILD)/test/golden/kustomize/weir_flux_driver --seeds $(or $(SEEDS),2000) --builds 200

differential-helm: build helm-reference ## random charts against helm 4.2.4 (SEEDS=2000; FIRST: the first of them)
	$(PYTHON) test/golden/helm/differential.py $(BUILD)/weir --jobs $(JOBS) --first $(or $(FIRST),0) --seeds $(or $(SEEDS),2000)

mutation: build-tests kustomize ## takes one rule of the kustomize engine out after the other (CODE=n: code as well)
	$(PYTHON) test/golden/kustomize/mutate.py $(BUILD) --tables --code $(or $(CODE),0)

converge: build controlplane ## random acts on the real controllers, then rest: the cluster is what Git says (SEED, SEEDS, ROUNDS, SECONDS)
	$(PYTHON) test/converge/converge.py --seeds $(or $(SEEDS),4) --rounds $(or $(ROUNDS),10) --seconds $(or $(SECONDS),900) $(if $(SEED),--seed $(SEED))

soak: build controlplane ## an hour of acts on 200 Kustomizations and a real API server: what a process holds does not grow (MINUTES, SEED)
	$(PYTHON) test/soak/soak.py --minutes $(or $(MINUTES),60) $(if $(SEED),--seed $(SEED))

simulate: configure ## the controllers under simulated time, chance and faults, a world a seed (FROM, SEEDS; PLACES=2: deaths)
	cmake --build $(BUILD) --parallel $(JOBS) --target weir_simulate
	test/simulation/simulate $(BUILD)/test/simulation/weir_simulate $(or $(FROM),1) $(or $(SEEDS),2000) $(JOBS) $(PLACES)

bench-helm: build helm-reference ## `weir template` next to helm 4.2.4 (public charts from the clones in WEIR_CHARTS)
	$(PYTHON) test/bench/bench_helm.py $(BUILD)/weir $(BENCH_ARGS)

fuzz: deps ## the parsers of charts under libFuzzer, one after the other (MINUTES=10; TARGETS: names without fuzz_)
	@mkdir -p build && { cmake --preset fuzz > build/configure.log 2>&1 || { cat build/configure.log; false; }; }
	cmake --build build/fuzz --parallel $(JOBS) --target $(addprefix fuzz_,$(or $(TARGETS),chart_archive chart_yaml chart_values helm_template set_line json_schema))
	test/fuzz/run build/fuzz $(or $(MINUTES),10) $(TARGETS)

kustomize: deps
	@$(PYTHON) test/golden/kustomize/reference.py >/dev/null || { [ -z "$(CI)" ] && echo "no kustomize to compare with: those tests are skipped"; }

flux: deps
	@$(PYTHON) test/golden/kustomize/flux_program.py >/dev/null || { [ -z "$(CI)" ] && echo "no libraries of Flux to compare with: those tests are skipped"; }

helm: deps
	@$(PYTHON) test/chart/helm_program.py >/dev/null || { [ -z "$(CI)" ] && echo "no helm program: the chart's tests are skipped"; }

helm-reference: deps
	@$(PYTHON) test/golden/helm/helm_reference.py >/dev/null || { [ -z "$(CI)" ] && echo "no helm 4.2.4 to compare with: nothing is compared"; }

config: helm ## the objects of config/ from the chart
	$(PYTHON) config/generate.py $$($(PYTHON) test/chart/helm_program.py)

controlplane: deps ## etcd, kube-apiserver and friends, from the Go module proxy
	@test/controlplane/build >/dev/null || { [ -z "$(CI)" ] && echo "no control plane: tests that need one are skipped"; }

deps: ## Debian packages of cmake/debian-packages.txt
	@cmake/install-packages

configure: deps
	@mkdir -p build && { cmake --preset $(PRESET) > build/configure.log 2>&1 || { cat build/configure.log; false; }; }

build-tests: configure
	cmake --build $(BUILD) --parallel $(JOBS)

lint: configure ## layout of the sources, and clang-tidy; what was clean is not looked at again
	cmake/lint $(BUILD)

format: ## clang-format over the C++ sources
	git ls-files '*.hpp' '*.cpp' | xargs -r clang-format-16 -i

clean: ## remove build/
	rm -rf build
