# One small image with one binary; a symlink for each controller, which the manifests in config/ name as their command.
FROM debian:12 AS build
WORKDIR /src
COPY cmake/install-packages cmake/debian-packages.txt cmake/
RUN cmake/install-packages
COPY . .
RUN cmake --preset release -DWEIR_TESTS=OFF && cmake --build build/release --target weir && strip build/release/weir

FROM debian:12-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates libgit2-1.5 libprometheus-cpp-core1.0 libre2-9 librnp0 libssh-4 \
      libssl3 libyaml-cpp0.7 zlib1g \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /src/build/release/weir /usr/local/bin/weir
RUN ln -s weir /usr/local/bin/source-controller && ln -s weir /usr/local/bin/kustomize-controller && \
    ln -s weir /usr/local/bin/image-reflector-controller
USER 65534:65534
ENTRYPOINT ["/usr/local/bin/weir"]
