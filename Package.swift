// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "DualRow",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    ],
    targets: [
        .target(name: "Hardware"),
        .target(name: "SimCore", dependencies: ["Hardware"]),
    ]
)
