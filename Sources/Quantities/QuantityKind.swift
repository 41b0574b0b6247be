/// A kind of quantity that a file can state with its unit, and the units it accepts.
public enum QuantityKind: CaseIterable, Sendable {
    case frequency, size, time, cycles, bandwidth, energy, energyPerBit, power, current, voltage
    case operationRate

    /// One accepted unit: its spelling and how many base units it is worth.
    public struct Unit: Sendable {
        public let name: String
        let scale: Ratio

        init(_ name: String, _ numerator: Int64, over denominator: Int64 = 1) {
            self.name = name
            self.scale = Ratio(numerator, over: denominator)
        }
    }

    /// With article, for messages: `a frequency`.
    public var phrase: String {
        switch self {
        case .frequency: "a frequency"
        case .size: "a size"
        case .time: "a time"
        case .cycles: "a number of cycles"
        case .bandwidth: "a bandwidth"
        case .energy: "an energy"
        case .energyPerBit: "an energy per bit"
        case .power: "a power"
        case .current: "a current"
        case .voltage: "a voltage"
        case .operationRate: "a rate of operations"
        }
    }

    /// How a value is written: `2 GHz`.
    public var example: String {
        switch self {
        case .frequency: "2 GHz"
        case .size: "32 MiB"
        case .time: "14 ns"
        case .cycles: "14 cycles"
        case .bandwidth: "32 GB/s"
        case .energy: "909 pJ"
        case .energyPerBit: "1.51 pJ/bit"
        case .power: "66 mW"
        case .current: "65 mA"
        case .voltage: "1.2 V"
        case .operationRate: "1.33 TFLOP/s"
        }
    }

    /// The base unit in words, where only whole numbers of it exist; nil for continuous quantities.
    public var wholeUnit: String? {
        switch self {
        case .frequency: "hertz"
        case .size: "bytes"
        case .cycles: "cycles"
        case .bandwidth: "bytes per second"
        case .operationRate: "operations per second"
        default: nil
        }
    }

    /// The accepted units. Base units: Hz, B, ps, cycle, B/s, pJ, pJ/bit, mW, mA, V, FLOP/s.
    public var units: [Unit] {
        switch self {
        case .frequency:
            [Unit("Hz", 1), Unit("kHz", 1000), Unit("MHz", 1_000_000), Unit("GHz", 1_000_000_000)]
        case .size:
            [
                Unit("B", 1), Unit("KiB", 1 << 10), Unit("MiB", 1 << 20), Unit("GiB", 1 << 30), Unit("TiB", 1 << 40),
                Unit("kB", 1000), Unit("MB", 1_000_000), Unit("GB", 1_000_000_000), Unit("TB", 1_000_000_000_000),
            ]
        case .time:
            [
                Unit("ps", 1), Unit("ns", 1000), Unit("us", 1_000_000), Unit("ms", 1_000_000_000),
                Unit("s", 1_000_000_000_000),
            ]
        case .cycles: [Unit("cycles", 1), Unit("cycle", 1)]
        case .bandwidth:
            [
                Unit("B/s", 1), Unit("kB/s", 1000), Unit("MB/s", 1_000_000), Unit("GB/s", 1_000_000_000),
                Unit("TB/s", 1_000_000_000_000), Unit("KiB/s", 1 << 10), Unit("MiB/s", 1 << 20),
                Unit("GiB/s", 1 << 30),
            ]
        case .energy:
            [
                Unit("fJ", 1, over: 1000), Unit("pJ", 1), Unit("nJ", 1000), Unit("uJ", 1_000_000),
                Unit("mJ", 1_000_000_000), Unit("J", 1_000_000_000_000),
            ]
        case .energyPerBit: [Unit("fJ/bit", 1, over: 1000), Unit("pJ/bit", 1), Unit("nJ/bit", 1000)]
        case .power: [Unit("uW", 1, over: 1000), Unit("mW", 1), Unit("W", 1000), Unit("kW", 1_000_000)]
        case .current: [Unit("uA", 1, over: 1000), Unit("mA", 1), Unit("A", 1000)]
        case .voltage: [Unit("mV", 1, over: 1000), Unit("V", 1)]
        case .operationRate:
            [
                Unit("FLOP/s", 1), Unit("MFLOP/s", 1_000_000), Unit("GFLOP/s", 1_000_000_000),
                Unit("TFLOP/s", 1_000_000_000_000),
            ]
        }
    }

    /// The accepted units as a phrase: `Hz, kHz, MHz or GHz`.
    public var unitList: String {
        let names = units.map(\.name)
        guard names.count > 1 else { return names.joined() }
        return names.dropLast().joined(separator: ", ") + " or " + names[names.count - 1]
    }
}
