// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
    name: "DualRow",
    targets: [
        .systemLibrary(name: "CLibYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .target(name: "Quantities", swiftSettings: strict),
        .target(name: "YAMLTree", dependencies: ["CLibYAML", "Quantities"], swiftSettings: strict),
        .target(name: "Hardware", dependencies: ["Quantities", "YAMLTree"], swiftSettings: strict),
        .target(name: "Workload", dependencies: ["Quantities", "YAMLTree"], swiftSettings: strict),
        .target(name: "SimCore", dependencies: ["Hardware"], swiftSettings: strict),
        .testTarget(
            name: "HardwareTests", dependencies: ["Hardware", "YAMLTree", "Quantities"], swiftSettings: strict),
        .testTarget(name: "QuantitiesTests", dependencies: ["Quantities"], swiftSettings: strict),
        .testTarget(name: "YAMLTreeTests", dependencies: ["YAMLTree", "Quantities"], swiftSettings: strict),
        .testTarget(name: "WorkloadTests", dependencies: ["Workload", "YAMLTree", "Quantities"], swiftSettings: strict),
    ]
)
