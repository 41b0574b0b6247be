// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "DualRow",
    targets: [
        .target(name: "SimCore"),
        .target(name: "GEMMTables", dependencies: ["SimCore"]),
        .testTarget(name: "SimCoreNPUTests", dependencies: ["SimCore"]),
        .testTarget(
            name: "GEMMTablesTests", dependencies: ["GEMMTables", "SimCore"]),
    ]
)
