import Foundation
import YAMLTree

/// A sweep as its file states it: a base, and the points that differ from it.
///
///     machine: ../neupims.yaml            # a path from this file, or the name of a shipped machine
///     set: { npu.scratchpad: 64 MiB }     # machine keys replaced in all points; may be left out
///     workload:
///       model: gpt3-7b                    # a path or the name of a shipped model
///       requests: requests.csv            # a path, or { lengths: sharegpt, count: 64, seed: 1 }
///     options: { layers: 1 }              # of `dualrow simulate`, with underscores
///     run: simulate                       # what a point is (`SweepKind`); may be left out
///     grid:                               # or zip, list, random
///       npu.systolic_arrays.count: [4, 8, 16]
///       options.sub_batches: [off, 2]
///
/// A key of an axis is `machine` (the whole file), a key of the machine's file, `model.` and a key of the model's file,
/// or a key of `workload` and `options` here.
public struct SweepFile: Sendable {
    /// The sweep's file as the user named it.
    public let path: String
    /// What its points are runs of.
    let kind: SweepKind
    /// The kind's sections as one mapping, before axes.
    let base: Node
    /// Machine keys that all points replace.
    let replaced: [SweepValue]
    /// The names of all axes in the order of the columns.
    public let axes: [String]
    /// Every point, in order.
    public let points: [SweepPoint]

    /// How many points a sweep may have if its file does not state a `limit`.
    public static let usualLimit = 1000
    /// How many points there may be at all.
    public static let largestLimit = 1_000_000

    /// - Throws: every mistake in the form of the file, with its place.
    public static func load(path: String) throws(DiagnosticList) -> SweepFile {
        try parse(try SourceFile.read(path))
    }

    /// A sweep from a text that is already in memory; as `load(path:)`.
    public static func parse(_ file: SourceFile) throws(DiagnosticList) -> SweepFile {
        try parse(file, kinds: SweepKind.all)
    }

    static func parse(_ file: SourceFile, kinds: [SweepKind]) throws(DiagnosticList) -> SweepFile {
        let root = try Node.parse(file)
        let reader = Reader(root)
        let name = reader.ifPresent("run")?.choice(of: kinds.map(\.name)).value
        let kind = kinds.first { $0.name == name } ?? kinds[0]
        kind.askForBase(reader)
        _ = reader.ifPresent("set")?.mapping().allEntries()
        let limit = reader.ifPresent("limit")?.int(in: 1...largestLimit).value ?? usualLimit
        var sections: [(form: SweepForm, node: Node, mark: Mark)] = []
        for form in SweepForm.allCases {
            guard let element = reader.ifPresent(form.rawValue), let node = root[form.rawValue] else { continue }
            if form != .list { _ = element.mapping().allEntries() }
            sections.append((form, node, element.keyMark))
        }
        if sections.isEmpty {
            reader.report("nothing is varied: say what by 'grid', 'zip', 'list' or 'random'", at: root.mark)
        }
        for section in sections.dropFirst() {
            reader.report(
                "'\(section.form.rawValue)' beside '\(sections[0].form.rawValue)', set at \(sections[0].mark): a sweep "
                    + "has one of 'grid', 'zip', 'list' and 'random'", at: section.mark)
        }
        try reader.finish()
        let space = try SweepSpace(sections[0].form, sections[0].node, at: sections[0].mark, limit: limit)
        return SweepFile(
            path: file.name, kind: kind, base: baseMapping(root, kind), replaced: SweepValue.all(of: root["set"]),
            axes: space.axes, points: space.points)
    }

    private static func baseMapping(_ root: Node, _ kind: SweepKind) -> Node {
        guard case .mapping(let entries, let mark) = root else { preconditionFailure("the root is a mapping") }
        var kept = entries.filter { kind.sections.contains($0.key) }
        if let index = kept.firstIndex(where: { $0.key == "options" && $0.value.isNull }) { kept.remove(at: index) }
        if kind.sections.contains("options"), !kept.contains(where: { $0.key == "options" }) {
            kept.append(Node.Entry(key: "options", keyMark: mark, value: .mapping([], mark: mark)))
        }
        return .mapping(kept, mark: mark)
    }

    /// A path in the file as seen from where the program runs.
    func resolved(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        let folder = (self.path as NSString).deletingLastPathComponent
        return folder.isEmpty ? path : "\(folder)/\(path)"
    }
}

/// How a sweep's points follow from its axes.
enum SweepForm: String, CaseIterable, Sendable {
    /// Each value of an axis with each of all others; the last axis changes fastest.
    case grid
    /// The first values of all axes, the second values, and so on.
    case zip
    /// Each point by itself, as a mapping.
    case list
    /// Some points of a grid, drawn by a seed, each at most once, in the grid's order.
    case random
}

/// A value that a point gives to a key.
struct SweepValue: Sendable, Hashable {
    var key: String
    /// Where the key is written.
    var mark: Mark
    var value: Node

    /// The entries of a mapping; none if there is no node.
    static func all(of node: Node?) -> [SweepValue] {
        guard case .mapping(let entries, _)? = node else { return [] }
        return entries.map { SweepValue(key: $0.key, mark: $0.keyMark, value: $0.value) }
    }
}

/// One point of a sweep: its place in the order, and what it gives to the keys.
public struct SweepPoint: Sendable {
    public let index: Int
    let values: [SweepValue]

    /// The value of an axis as text; empty where a list's point leaves it to the base.
    public func text(of axis: String) -> String { values.first { $0.key == axis }?.value.flowText ?? "" }
}
