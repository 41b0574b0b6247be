// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "DualRow",
    products: [.executable(name: "dualrow", targets: ["dualrow"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    ],
    targets: [
        .systemLibrary(name: "CLibYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .target(name: "Quantities"),
        .target(name: "YAMLTree", dependencies: ["CLibYAML"]),
        .target(name: "Workload", dependencies: ["Quantities", "YAMLTree"]),
        .testTarget(name: "QuantitiesTests", dependencies: ["Quantities"]),
        .testTarget(name: "YAMLTreeTests", dependencies: ["YAMLTree"]),
        .testTarget(name: "WorkloadTests", dependencies: ["Workload"]),
    ]
)
