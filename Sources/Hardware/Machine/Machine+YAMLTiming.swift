import Quantities
import YAMLTree

/// One timing value: its key in files, where it is stored, and the least value that makes sense.
private struct TimingKey: Sendable {
    var name: String
    var field: WritableKeyPath<HBM2Timing, Int> & Sendable
    var atLeast = 1

    static let all: [TimingKey] = [
        TimingKey(name: "tBL", field: \.nBL), TimingKey(name: "tCL", field: \.nCL),
        TimingKey(name: "tCWL", field: \.nCWL), TimingKey(name: "tRCDRD", field: \.nRCDRD),
        TimingKey(name: "tRCDWR", field: \.nRCDWR), TimingKey(name: "tRP", field: \.nRP),
        TimingKey(name: "tRAS", field: \.nRAS), TimingKey(name: "tCCDS", field: \.nCCDS),
        TimingKey(name: "tCCDL", field: \.nCCDL), TimingKey(name: "tRRDS", field: \.nRRDS),
        TimingKey(name: "tRRDL", field: \.nRRDL), TimingKey(name: "tFAW", field: \.nFAW),
        TimingKey(name: "tWTRS", field: \.nWTRS), TimingKey(name: "tWTRL", field: \.nWTRL),
        TimingKey(name: "tWR", field: \.nWR), TimingKey(name: "tRTP", field: \.nRTP),
        TimingKey(name: "tRTRS", field: \.nRTRS, atLeast: 0), TimingKey(name: "tRFC", field: \.nRFC),
        TimingKey(name: "tREFI", field: \.nREFI),
    ]
}

/// What must hold between two timing values: the first is at least the second (and more than it, if `strictly`).
private struct TimingOrder: Sendable {
    var larger: String
    var smaller: String
    var strictly = false

    static let all: [TimingOrder] = [
        TimingOrder(larger: "tRAS", smaller: "tRCDRD"), TimingOrder(larger: "tRAS", smaller: "tRCDWR"),
        TimingOrder(larger: "tCL", smaller: "tCWL"), TimingOrder(larger: "tCCDL", smaller: "tCCDS"),
        TimingOrder(larger: "tRRDL", smaller: "tRRDS"), TimingOrder(larger: "tFAW", smaller: "tRRDS"),
        TimingOrder(larger: "tWTRL", smaller: "tWTRS"), TimingOrder(larger: "tREFI", smaller: "tRFC", strictly: true),
    ]
}

extension HBM2Timing {
    /// Decodes the section `memory.timing`: times or cycles under JEDEC's names, times rounded up to whole cycles of
    /// the memory clock. The device gives what the file leaves out, at the device's own clock only.
    static func decode(
        _ memory: Reader, preset: Preset, device: DRAMDevice?, clock: Setting<Hertz>
    ) -> (timing: HBM2Timing, refreshInterval: Setting<Int>) {
        let reader = section("timing", of: memory, isOptional: preset.named != nil)
        let period = ClockPeriod(of: clock.value)
        var settings: [String: Setting<Int>] = [:]
        var timing = DRAMDevice.hbm2x128.timing
        var leftOut: [String] = []
        for key in TimingKey.all {
            let given = device.map { $0.timing[keyPath: key.field] }
            let text = given.map { "\(Cycles(Int64($0)))" }
            let setting = preset.setting(key.name, of: reader, else: given, text: text) {
                cycles($0, of: period, atLeast: key.atLeast, reader)
            }
            if setting.preset != nil { leftOut.append("'\(key.name)'") }
            settings[key.name] = setting
            timing[keyPath: key.field] = setting.value
        }
        if let device, clock.isValid, clock.value != device.clock, !leftOut.isEmpty {
            reader.report(
                "'clock' is \(clock.text) but the timing of \(device.name) holds at \(device.clock); "
                    + "state \(leftOut.joined(separator: ", ")) in 'memory.timing' as well",
                at: clock.mark, keyPath: clock.path)
        }
        if clock.isValid { check(settings, reader) }
        return (timing, settings["tREFI"]!)
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
