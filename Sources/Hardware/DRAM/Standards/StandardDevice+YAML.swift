import Quantities
import YAMLTree

extension StandardDevice {
    /// Reads a device file: `name`, either `device` (a shipped device of which single values are replaced) or `standard`,
    /// and then `clock`, `organization` and `timing` as in a machine's section `memory`.
    ///
    /// - Throws: every mistake of the file.
    public static func load(path: String) throws(DiagnosticList) -> StandardDevice {
        try load(try SourceFile.read(path))
    }

    /// Reads a device from a text that is already in memory; as `load(path:)`.
    public static func load(_ file: SourceFile) throws(DiagnosticList) -> StandardDevice {
        let reader = Reader(try Node.parse(file))
        let name = reader.key("name").string()
        let deviceName = reader.ifPresent("device")?.choice(of: all.map(\.name))
        let base = deviceName.map { named($0.value) ?? .hbm2x128 }
        let preset = Preset(named: deviceName)
        var standard = base?.standard ?? .hbm2
        if base == nil {
            let field = reader.key("standard").choice(of: DRAMStandard.named.map(\.name))
            standard = DRAMStandard.named.first { $0.name == field.value }?.standard ?? standard
        }
        var clock = preset.setting("clock", of: reader, else: base?.clock, text: base?.clock.rate) {
            let field = $0.frequency(atLeast: .megahertz(1), atMost: .gigahertz(100))
            return Setting(field).map { $0.count > 0 ? ClockPeriod(of: $0) : ClockPeriod(of: .gigahertz(1)) }
        }
        if !clock.isValid { clock.value = ClockPeriod(of: .gigahertz(1)) }
        let organization = DRAMOrganization.decode(reader, preset: preset, given: base?.organization)
        let timing = decodeTiming(reader, preset: preset, device: base, standard: standard, clock: clock)
        try reader.finish()
        return StandardDevice(
            name: name.value, standard: standard, clock: clock.value, organization: organization.value,
            timing: timing.values, source: file.name)
    }
}
