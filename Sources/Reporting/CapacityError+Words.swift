import Simulation

extension CapacityError {
    /// The mistake in words: what does not fit, by how much, and what would help.
    public var words: String {
        let missing = neededBytes - capacityBytes
        let place = channel.map { "channel \($0)" } ?? "the memory"
        let weights = channel == nil ? "weights" : "its share of the weights"
        return "\(place) has \(Self.size(capacityBytes)) but needs \(Self.size(neededBytes)), "
            + "\(Self.size(missing)) more: \(weights) (\(Self.size(weightBytes))) and the requests' caches; fewer "
            + "requests, fewer --layers or more chips (--tensor-parallel) would help"
    }

    /// In MiB or GiB with one decimal, rounded up so that a lack never reads as nothing.
    public static func size(_ bytes: Int) -> String {
        let unit = bytes >= 1 << 30 ? ("GiB", 1 << 30) : ("MiB", 1 << 20)
        let tenths = (bytes * 10 + unit.1 - 1) / unit.1
        return "\(Figure.count(tenths / 10)).\(tenths % 10) \(unit.0)"
    }
}
