import Hardware

/// How the bursts of the whole address space are spread over the channels.
///
/// The channel is a bit field of the burst index; the other bits, closed up, are the index within the channel. A run of
/// consecutive bursts is therefore one run in each channel.
public struct ChannelInterleave: Sendable {
    public let channels: Int
    /// Bits below the channel field.
    public let lowBits: Int

    public init(channels: Int, lowBits: Int) {
        precondition(channels > 0 && channels & (channels - 1) == 0, "channels must be a power of two, got \(channels)")
        self.channels = channels
        self.lowBits = lowBits
    }

    /// The interleaving that a memory's address order says.
    public init(_ memory: MemorySystem) {
        let organization = memory.organization
        var lowBits = 0
        for field in memory.addressOrder.reversed() {
            if field == "ch" { break }
            let size =
                switch field {
                case "ro": organization.rows
                case "ra": organization.ranks
                case "bg": organization.groupsPerRank
                case "ba": organization.banksPerGroup
                default: organization.burstsPerRow
                }
            lowBits += size.trailingZeroBitCount
        }
        self.init(channels: memory.channels, lowBits: lowBits)
    }

    /// Bursts before `index` that lie in `channel`.
    func bursts(before index: Int, in channel: Int) -> Int {
        let block = 1 << lowBits
        let stripe = block * channels
        let inStripe = index % stripe
        return index / stripe * block + min(max(inStripe - channel * block, 0), block)
    }

    /// The part of `count` bursts from `base` on that lies in `channel`: its first index there and its length.
    func part(base: Int, count: Int, in channel: Int) -> (base: Int, count: Int) {
        let first = bursts(before: base, in: channel)
        return (first, bursts(before: base + count, in: channel) - first)
    }
}
