// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
    name: "DualRow",
    products: [
        .executable(name: "dualrow", targets: ["dualrow"]),
        .library(name: "DualRowFunctional", targets: ["Functional", "Workload"]),
        .library(name: "DualRowOffload", targets: ["Offload", "Workload"]),
        .library(name: "DualRowGEMM", targets: ["GEMMTables", "SimCore", "Hardware", "Workload"]),
        .library(name: "DualRowSimulation", targets: ["Simulation", "SimCore", "Hardware", "Workload"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    ],
    targets: [
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CLibYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "Quantities", swiftSettings: strict),
        .target(name: "YAMLTree", dependencies: ["CLibYAML", "Quantities"], swiftSettings: strict),
        .target(name: "Hardware", dependencies: ["Quantities", "YAMLTree"], swiftSettings: strict),
        .target(name: "Workload", dependencies: ["CZlib", "Quantities", "YAMLTree"], swiftSettings: strict),
        .target(name: "Functional", dependencies: ["COpenBLAS", "Workload"], swiftSettings: strict),
        .testTarget(name: "FunctionalTests", dependencies: ["Functional", "Workload"], swiftSettings: strict),
        .target(
            name: "SimCore",
            dependencies: ["Hardware", .product(name: "HeapModule", package: "swift-collections")],
            swiftSettings: strict),
        .target(
            name: "Simulation", dependencies: ["Quantities", "Hardware", "Workload", "SimCore"], swiftSettings: strict),
        .target(
            name: "Reporting",
            dependencies: ["YAMLTree", "Quantities", "Hardware", "Workload", "SimCore", "Simulation"],
            swiftSettings: strict),
        .target(
            name: "Sweep", dependencies: ["YAMLTree", "Hardware", "Workload", "Simulation", "Reporting", "Offload"],
            swiftSettings: strict),
        .target(name: "Pages", dependencies: ["YAMLTree", "Workload", "Reporting"], swiftSettings: strict),
        .testTarget(name: "PagesTests", dependencies: ["Pages", "Reporting", "YAMLTree"], swiftSettings: strict),
        .testTarget(
            name: "SweepTests", dependencies: ["Sweep", "Simulation", "Workload", "YAMLTree", "Quantities"],
            swiftSettings: strict),
        .executableTarget(
            name: "dualrow",
            dependencies: [
                "YAMLTree", "Quantities", "Hardware", "Workload", "Functional", "SimCore", "Simulation", "Reporting",
                "Sweep", "Pages", "GEMMTables", "Offload",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "CommandTests", dependencies: ["dualrow"], swiftSettings: strict),
        .target(
            name: "Offload", dependencies: ["Quantities", "YAMLTree", "Workload", "Reporting"],
            swiftSettings: strict),
        .testTarget(
            name: "HardwareTests", dependencies: ["Hardware", "YAMLTree", "Quantities"], swiftSettings: strict),
        .target(
            name: "GEMMTables",
            dependencies: ["Quantities", "Hardware", "Workload", "SimCore", "Simulation", "Reporting"],
            swiftSettings: strict),
        .testTarget(name: "SimCoreNPUTests", dependencies: ["SimCore", "Hardware"], swiftSettings: strict),
        .testTarget(
            name: "GEMMTablesTests", dependencies: ["GEMMTables", "SimCore", "Hardware", "Workload", "YAMLTree"],
            swiftSettings: strict),
        .testTarget(
            name: "SimulationTests", dependencies: ["Simulation", "SimCore", "Hardware", "Workload", "YAMLTree"],
            swiftSettings: strict),
        .testTarget(name: "QuantitiesTests", dependencies: ["Quantities"], swiftSettings: strict),
        .testTarget(name: "YAMLTreeTests", dependencies: ["YAMLTree", "Quantities"], swiftSettings: strict),
        .testTarget(
            name: "ReportingTests",
            dependencies: ["Reporting", "Simulation", "SimCore", "Workload", "Hardware", "YAMLTree"],
            swiftSettings: strict),
        .testTarget(name: "SimCoreTests", dependencies: ["SimCore", "Hardware", "Workload"], swiftSettings: strict),
        .testTarget(
            name: "WorkloadTests", dependencies: ["Workload", "YAMLTree", "Quantities"], swiftSettings: strict),
        .testTarget(
            name: "OffloadTests", dependencies: ["Offload", "Workload", "YAMLTree", "Quantities"],
            exclude: ["Fixtures"], swiftSettings: strict),
    ]
)
