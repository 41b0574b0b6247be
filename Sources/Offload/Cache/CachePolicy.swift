import Quantities
import YAMLTree

/// Which expert leaves the cache when another needs its place. Ties go to the smaller (layer, expert).
public enum CachePolicy: String, CaseIterable, Sendable {
    /// The one not used for the longest time, counted in events.
    case lru
    /// The one used least since the start of the trace; counts survive eviction.
    case lfu
    /// EdgeMoE (arXiv 2308.14352): the least count / distance, where the distance is (layer - current layer) mod
    /// layers, and `layers` for the current layer: the layers ahead count as near.
    case edgemoe
    /// EdgeMoE's formula as printed, with the distance (layers - layer + current layer) mod layers: the layers behind
    /// count as near, against the paper's text.
    case edgemoePrinted = "edgemoe-printed"
    /// The one that is least used in the whole trace.
    case `static`
    /// The one needed again last (Belady, 1966): knows the future, and bounds the others.
    case belady
    /// MoE-Infinity (arXiv 2401.14361): the least (share of its layer's uses in the current request + 1/1000) ·
    /// (1 - layer / layers): early layers stay, since there is no time to prefetch them.
    case moeInfinity = "moe-infinity"
    /// Fate (arXiv 2502.12224): all experts of up to three first layers stay, the rest of the room is divided among the
    /// other layers, each under ARC (Megiddo and Modha, FAST 2003). It divides the room by layer whatever the scope, so
    /// with less room than a token's experts in every layer, some find none and pass through.
    case fate
    /// HOBBIT (arXiv 2411.01433): the least sum of recency, frequency, frequency at high precision, and nearness of the
    /// layer ahead; the four weigh the same.
    case hobbit
}

/// Whether the layers share the room or each has an equal part.
public enum CacheScope: String, CaseIterable, Sendable {
    case global, layer
}

/// How much an expert cache holds: a number of experts or a size.
public enum CacheCapacity: Hashable, Sendable {
    /// Experts in all.
    case experts(Int)
    /// Bytes in all; an expert takes what it has at its width.
    case bytes(Int)

    /// Reads `96` as a number of experts and `4 GB` as a size.
    ///
    /// - Parameters:
    ///   - place: where the text was given, for the message.
    ///   - kind: of the diagnostic.
    /// - Throws: a diagnostic if it is neither.
    public init(
        parsing text: String, at place: Mark = Mark(file: "--capacity"), kind: Diagnostic.Kind = .usage
    ) throws(DiagnosticList) {
        if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let count = Int(text), count < 1 << 40 {
            self = .experts(count)
            return
        }
        do {
            self = .bytes(Int(try Bytes(parsing: text).count))
        } catch {
            let message = "'\(text)' is neither a number of experts such as '96' nor a size such as '4 GB'"
            throw DiagnosticList(Diagnostic(message, at: place, kind: kind))
        }
    }

    var units: Int {
        switch self {
        case .experts(let count): count
        case .bytes(let count): count
        }
    }
}

/// An expert cache to replay: what decides, for whom the room is, and how much there is.
public struct CacheSpecification: Hashable, Sendable {
    public var policy: CachePolicy
    public var scope: CacheScope
    /// Under `CacheScope.layer`, each layer has this divided by the number of layers, rounded down.
    public var capacity: CacheCapacity

    public init(policy: CachePolicy, scope: CacheScope, capacity: CacheCapacity) {
        precondition(capacity.units >= 0, "a cache holds no less than nothing")
        self.policy = policy
        self.scope = scope
        self.capacity = capacity
    }
}
