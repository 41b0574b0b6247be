// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "Benchmarks",
    dependencies: [.package(name: "DualRow", path: "../..")],
    targets: [
        .executableTarget(
            name: "functional", dependencies: [.product(name: "DualRowFunctional", package: "DualRow")]),
        .executableTarget(name: "memory", dependencies: [.product(name: "DualRowSimulation", package: "DualRow")]),
        .executableTarget(
            name: "offload", dependencies: [.product(name: "DualRowOffload", package: "DualRow")]),
        .executableTarget(name: "gemm", dependencies: [.product(name: "DualRowGEMM", package: "DualRow")]),
        .executableTarget(name: "core", dependencies: [.product(name: "DualRowSimulation", package: "DualRow")]),
    ],
    swiftLanguageModes: [.v6]
)
