import SimCore

/// How a layer was cut and run under real memory.
public struct GEMMExecution: Hashable, Sendable {
    /// Tiles of the first lane; lanes differ by a fold at the most.
    public internal(set) var tiling: GEMMTiling
    /// Lanes: cores or arrays that work side by side.
    public internal(set) var lanes: Int
    /// Tiles of all lanes and repetitions.
    public internal(set) var tiles = 0
    /// Largest part of a core's scratchpad that a lane's blocks take.
    public internal(set) var scratchpadBytes = 0
    /// Of the stalls, those before the first tile.
    public internal(set) var firstFill = 0
    /// The larger of multiply-accumulates over the arrays' peak and of each operand's bytes once over the buses' peak:
    /// no run can take less.
    public internal(set) var rooflineCycles = 0.0
    /// Bytes moved over the rate of a long read, by the memory model: what the memory alone would take.
    public internal(set) var streamCycles = 0.0
    /// Share of the time in which the data buses moved data, mean of all channels.
    public internal(set) var busUtilization = 0.0
    /// Share of the time in which a rank, or with per-bank refresh a bank, was being refreshed; mean of all.
    public internal(set) var refreshShare = 0.0
    /// Bursts moved for each row that was opened.
    public internal(set) var burstsPerActivation = 0.0
    public internal(set) var reason = MemoryReason.none
}

/// Why the memory kept the arrays waiting, as far as its counters tell.
public enum MemoryReason: String, Sendable {
    /// It did not.
    case none
    /// More than half of the waiting is before the first tile and after the last.
    case startAndEnd = "start-and-end"
    /// The buses moved data for at least 0.9 of the share of a long read: the memory gave what it can.
    case bandwidth
    /// The buses idled, and rows were opened for fewer bursts than half a row has.
    case rows
    /// The buses idled: too few requests were under way for the distance to the memory.
    case latency
}
