// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "DualRow",
    products: [.library(name: "DualRowFunctional", targets: ["Functional", "Workload"])],
    targets: [
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .target(name: "Workload", dependencies: ["CZlib"]),
        .target(name: "Functional", dependencies: ["COpenBLAS", "Workload"]),
        .testTarget(name: "WorkloadTests", dependencies: ["Workload"]),
        .testTarget(name: "FunctionalTests", dependencies: ["Functional", "Workload"]),
    ],
    swiftLanguageModes: [.v6]
)
