import Quantities
import YAMLTree

/// What must hold between two timing values: the first is at least the second (and more than it, if `strictly`).
private struct TimingOrder: Sendable {
    var larger: String
    var smaller: String
    var strictly = false

    static let all: [TimingOrder] = [
        TimingOrder(larger: "tRAS", smaller: "tRCDRD"), TimingOrder(larger: "tRAS", smaller: "tRCDWR"),
        TimingOrder(larger: "tRAS", smaller: "tRCD"), TimingOrder(larger: "tRC", smaller: "tRAS"),
        TimingOrder(larger: "tCL", smaller: "tCWL"), TimingOrder(larger: "tCCDL", smaller: "tCCDS"),
        TimingOrder(larger: "tRRDL", smaller: "tRRDS"), TimingOrder(larger: "tFAW", smaller: "tRRDS"),
        TimingOrder(larger: "tWTRL", smaller: "tWTRS"), TimingOrder(larger: "tBL_max", smaller: "tBL_min"),
        TimingOrder(larger: "tREFI", smaller: "tRFC", strictly: true),
        TimingOrder(larger: "tREFI", smaller: "tREFIpb"),
    ]
}

extension StandardDevice {
    /// The timing of a channel with the place of what other parts of the file must agree with.
    struct TimingSettings {
        /// Clocks under the names of the standard's table.
        var values: [String: Int]
        var refreshInterval: Setting<Int>
        var bankRefreshInterval: Setting<Int>?
    }

    /// Decodes the section `memory.timing`: times or cycles under JEDEC's names, times rounded up to whole cycles of
    /// the memory clock. Which names there are follows from the standard's table. The device gives what the file leaves
    /// out, at the device's own clock only.
    static func decodeTiming(
        _ memory: Reader, preset: Preset, device: StandardDevice?, standard: DRAMStandard, clock: Setting<ClockPeriod>
    ) -> TimingSettings {
        let reader = section("timing", of: memory, isOptional: preset.named != nil)
        var settings: [String: Setting<Int>] = [:]
        var values: [String: Int] = [:]
        var leftOut: [String] = []
        for name in standard.timingNames {
            let key = "t" + name.dropFirst()
            let given = device?.timing[name]
            let text = given.map { "\(Cycles(Int64($0)))" }
            let setting = preset.setting(key, of: reader, else: given, text: text) {
                cycles($0, of: clock.value, atLeast: DRAMStandard.mayBeZero.contains(name) ? 0 : 1, reader)
            }
            if setting.preset != nil { leftOut.append("'\(key)'") }
            settings[key] = setting
            values[name] = setting.value
        }
        if let device, clock.isValid, clock.value != device.clock, !leftOut.isEmpty {
            reader.report(
                "'clock' is \(clock.text) but the timing of \(device.name) holds at \(device.clock.rate); "
                    + "state \(leftOut.joined(separator: ", ")) in 'memory.timing' as well",
                at: clock.mark, keyPath: clock.path)
        }
        if clock.isValid { check(settings, reader) }
        return TimingSettings(
            values: values, refreshInterval: settings["tREFI"]!, bankRefreshInterval: settings["tREFIpb"])
    }

    private static func check(_ settings: [String: Setting<Int>], _ reader: Reader) {
        for order in TimingOrder.all {
            guard let larger = settings[order.larger], let smaller = settings[order.smaller] else { continue }
            reader.require(
                order.strictly ? larger.value > smaller.value : larger.value >= smaller.value, larger,
                order.strictly ? "must be more than" : "must be at least", smaller,
                converse: order.strictly ? "must be less than" : "must be at most")
        }
    }

    /// A delay in whole cycles of a clock, from `atLeast` to a million.
    static func cycles(
        _ element: Element, of period: ClockPeriod, atLeast lower: Int, _ reader: Reader
    ) -> Setting<Int> {
        let field = element.delay()
        let longest = ClockPeriod(of: .megahertz(1)).duration(of: Cycles(1_000_000))
        var isTooLong = false
        if case .time(let time) = field.value { isTooLong = time > longest }
        let count = isTooLong ? .max : Int(field.value.cycles(of: period).count)
        var setting = Setting(field, text: "\(field.value)").map { _ in count }
        guard setting.isValid, count < lower || count > 1_000_000 else { return setting }
        let bound = count < lower ? "at least \(Cycles(Int64(lower)))" : "at most 1000000 cycles"
        reader.report(
            "'\(element.path)' is \(field.value) but must be \(bound)", at: element.mark, keyPath: element.path)
        setting.value = max(1, lower)
        setting.isValid = false
        return setting
    }
}

extension ClockPeriod {
    /// The clock's rate for people: a frequency where it is a whole number of hertz, else the period.
    var rate: String {
        let hertz = Ratio(1_000_000_000_000) / time.value
        return hertz.denominator == 1 ? "\(Hertz(hertz.numerator))" : "\(time) a clock"
    }
}
