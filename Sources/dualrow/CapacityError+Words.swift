import Reporting
import Simulation

extension CapacityError {
    /// The mistake in words: what does not fit, by how much, and what would help.
    var words: String {
        let missing = neededBytes - capacityBytes
        let place = channel.map { "channel \($0)" } ?? "the memory"
        let contents = channel == nil ? "weights and caches" : "its share of the weights and the caches of its requests"
        return "\(contents) need \(Self.size(neededBytes)) but \(place) has \(Self.size(capacityBytes)): "
            + "\(Self.size(missing)) too much (weights are \(Self.size(weightBytes)) of it); fewer requests, fewer "
            + "--layers, or more chips (--tensor-parallel) would help"
    }

    /// In MiB or GiB with one decimal, rounded up so that a lack never reads as nothing.
    private static func size(_ bytes: Int) -> String {
        let unit = bytes >= 1 << 30 ? ("GiB", 1 << 30) : ("MiB", 1 << 20)
        let tenths = (bytes * 10 + unit.1 - 1) / unit.1
        return "\(Figure.count(tenths / 10)).\(tenths % 10) \(unit.0)"
    }
}
