import SimCore

/// How the tiles of products are chosen under real memory.
public enum TilingChoice: Hashable, Sendable {
    /// The least estimated time.
    case time
    /// The fewest bytes between scratchpad and memory.
    case traffic
    /// A size for each axis, cut down to the product's; the loop order that is estimated fastest.
    case given(m: Int, n: Int, k: Int)

    /// `time`, `traffic` or `MxNxK`; nil for anything else.
    public init?(_ text: String) {
        switch text {
        case "time": self = .time
        case "traffic": self = .traffic
        default:
            let sizes = text.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
            guard sizes.count == 3, sizes.allSatisfy({ ($0 ?? 0) > 0 }) else { return nil }
            self = .given(m: sizes[0]!, n: sizes[1]!, k: sizes[2]!)
        }
    }
}

/// The order of the loops over tiles, outermost first.
public enum LoopOrder: String, CaseIterable, Sendable {
    case mnk, mkn, nmk, nkm, kmn, knm

    public var axes: [GEMMAxis] {
        switch self {
        case .mnk: [.m, .n, .k]
        case .mkn: [.m, .k, .n]
        case .nmk: [.n, .m, .k]
        case .nkm: [.n, .k, .m]
        case .kmn: [.k, .m, .n]
        case .knm: [.k, .n, .m]
        }
    }
}

/// A product's tiles and the order in which they are worked off.
public struct GEMMTiling: Hashable, Sendable {
    /// Sizes of a full tile; `k` in stored elements.
    public let m: Int
    public let n: Int
    public let k: Int
    public let order: LoopOrder

    public subscript(axis: GEMMAxis) -> Int {
        switch axis {
        case .m: m
        case .n: n
        case .k: k
        }
    }
}

extension GEMMOperand {
    /// The axes that say which block of the operand a tile needs.
    var axes: [GEMMAxis] {
        switch self {
        case .inputs: [.m, .k]
        case .weights: [.k, .n]
        case .outputs: [.m, .n]
        }
    }
}
