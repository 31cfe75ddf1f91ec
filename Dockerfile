# One small image: the program, its libraries, CA certificates, time zones and a user who is not root. `make image` builds it.
FROM debian:bookworm-slim AS build
WORKDIR /src
COPY cmake/install-packages cmake/debian-packages.txt cmake/
RUN cmake/install-packages --build
COPY CMakeLists.txt CMakePresets.json ./
COPY cmake cmake
COPY api api
COPY crds crds
COPY pkg pkg
COPY controllers controllers
RUN cmake --preset release -DWEIR_TESTS=OFF && cmake --build build/release --target weir
COPY LICENSE NOTICE ./
RUN cmake/image/root build/release/weir /image

FROM scratch
COPY --from=build /image/ /
ENV PATH=/usr/local/bin HOME=/tmp
USER 65532:65532
# No entry point: `docker run IMAGE weir version`, and the manifests name each controller's link as their command.
CMD ["/usr/local/bin/weir", "--help"]
