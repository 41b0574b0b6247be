import Quantities
import YAMLTree

extension MemorySystem {
    /// Decodes the section `memory`; also returns where its PIM units are described, if they are.
    ///
    /// A machine names a device, and may replace single values of it, or describes one in full: then `standard` says
    /// whose table its timing fills in (`hbm2-legacy` where it is left out).
    static func decode(_ reader: Reader) -> (memory: MemorySystem, pim: Element?) {
        let deviceName = reader.ifPresent("device")?.choice(of: StandardDevice.all.map(\.name))
        let device = deviceName.flatMap { $0.isValid ? StandardDevice.named($0.value) : nil }
        // A wrong device name is noted; the stand-in keeps what it would have given from being reported as missing.
        let given = deviceName == nil ? nil : device ?? .hbm2x128
        let preset = Preset(named: deviceName)
        let standard = given?.standard ?? decodeStandard(reader)
        var clock = preset.setting("clock", of: reader, else: given?.clock, text: given?.clock.rate) {
            let field = $0.frequency(atLeast: .megahertz(1), atMost: .gigahertz(100))
            return Setting(field).map { $0.count > 0 ? ClockPeriod(of: $0) : ClockPeriod(of: .gigahertz(1)) }
        }
        if !clock.isValid { clock.value = ClockPeriod(of: .gigahertz(1)) }
        let organization = DRAMOrganization.decode(reader, preset: preset, given: given?.organization)
        let timing = StandardDevice.decodeTiming(
            reader, preset: preset, device: given, standard: standard, clock: clock)
        let built = StandardDevice(
            name: device?.name ?? "custom", standard: standard, clock: clock.value, organization: organization.value,
            timing: timing.values, currents: given?.currents, source: given?.source ?? "machine file")
        var controller = ControllerProfile.decode(reader.key("controller").mapping(), standard: standard)
        let pimElement = reader.ifPresent("pim")
        var pim: PIMUnits?
        if let pimElement {
            let pimReader = pimElement.mapping()
            let (units, queues) = PIMUnits.decode(pimReader, device: built, organization: organization)
            PIMTiming.checkRefresh(pimReader, units, built, organization, timing: timing, policy: controller.refresh)
            pim = units
            controller.pim = queues
        }
        let memory = MemorySystem(
            device: built, channels: powerOfTwo(reader, "channels", upTo: 1024), controller: controller,
            addressOrder: decodeAddressOrder(reader), pim: pim)
        return (memory, pimElement)
    }

    private static func decodeStandard(_ reader: Reader) -> DRAMStandard {
        guard let element = reader.ifPresent("standard") else { return .hbm2Legacy }
        let field = element.choice(of: DRAMStandard.named.map(\.name))
        return DRAMStandard.named.first { $0.name == field.value }?.standard ?? .hbm2Legacy
    }

    private static func powerOfTwo(_ reader: Reader, _ name: String, upTo limit: Int) -> Int {
        let field = reader.key(name).int(in: 1...limit)
        reader.require(field.value.nonzeroBitCount == 1, field, "must be a power of two")
        return field.value
    }

    /// The fields of an address from the most significant: each of row, rank, bank group, bank, channel and column once.
    private static func decodeAddressOrder(_ reader: Reader) -> [String] {
        let names = ["ro", "ra", "bg", "ba", "ch", "co"]
        let element = reader.key("address_order")
        let fields = element.list().map { $0.choice(of: names) }
        guard element.isList, fields.allSatisfy(\.isValid) else { return names }
        var seen: [String: Field<String>] = [:]
        for field in fields {
            if let first = seen[field.value] {
                reader.report(
                    "'\(field.path)' is \(field.value), which 'address_order' holds already, set at \(first.mark)",
                    at: field.mark, keyPath: field.path)
            } else {
                seen[field.value] = field
            }
        }
        let missing = names.filter { seen[$0] == nil }
        if !missing.isEmpty {
            reader.report(
                "'\(element.path)' must hold each of \(names.joined(separator: ", ")) once; it lacks "
                    + missing.joined(separator: ", "),
                at: element.mark, keyPath: element.path)
        }
        return fields.map(\.value)
    }
}

extension ControllerProfile {
    /// Decodes the section `memory.controller`. With `profile` the file may leave out what that gives.
    static func decode(_ reader: Reader, standard: DRAMStandard) -> ControllerProfile {
        let profileName = reader.ifPresent("profile")?.choice(of: named.map(\.name))
        let given = profileName.flatMap { wanted in named.first { $0.name == wanted.value }?.profile }
        let preset = Preset(named: profileName)
        func int(_ name: String, _ range: ClosedRange<Int>, _ value: Int?) -> Int {
            preset.int(name, of: reader, in: range, else: value).value
        }
        let writes = preset.int("write_buffer", of: reader, in: 1...4096, else: given?.writeBufferDepth)
        let drain = preset.int("idle_drain_threshold", of: reader, in: 0...4096, else: given?.idleDrainThreshold)
        reader.require(
            drain.value < writes.value, drain, "must be below", writes, converse: "must be above")
        var profile = ControllerProfile(
            readQueueDepth: int("read_queue", 1...4096, given?.readQueueDepth), writeBufferDepth: writes.value,
            commandQueueDepth: int("command_queue", 1...4096, given?.commandQueueDepth),
            rowHitLimit: int("row_hit_limit", 1...1_000_000, given?.rowHitLimit), idleDrainThreshold: drain.value,
            requestsPerCycle: int("requests_per_cycle", 1...64, given?.requestsPerCycle),
            outstandingReads: int(
                "outstanding_reads", 1...ControllerProfile.unlimited, given?.outstandingReads),
            splitCommandBus: preset.setting("split_command_bus", of: reader, else: given?.splitCommandBus) {
                Setting($0.bool())
            }.value,
            rowPolicy: reader.ifPresent("row_policy")?.choice(RowPolicy.self).value ?? given?.rowPolicy ?? .open)
        let refresh = preset.setting("refresh", of: reader, else: given?.refresh, text: given?.refresh.rawValue) {
            let field = $0.choice(RefreshPolicy.self)
            return Setting(field, text: field.value.rawValue)
        }
        reader.require(
            refresh.value != .perBank || standard.has(.refpb), refresh,
            "\(standard.name) has no refresh of single banks")
        profile.refresh = refresh.value
        return profile
    }
}
