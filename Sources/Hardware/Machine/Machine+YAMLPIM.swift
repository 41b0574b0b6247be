import Quantities
import YAMLTree

extension PIMUnits {
    /// Decodes the section `memory.pim`: the units, their timing, and how the controller queues their commands.
    static func decode(
        _ reader: Reader, device: StandardDevice, organization: OrganizationSettings
    ) -> (PIMUnits, PIMController) {
        let perUnit = reader.ifPresent("multipliers_per_unit")
        let multipliers = (perUnit ?? reader.key("multipliers_per_bank")).int(in: 1...1024)
        let slice = multipliers.map { Bytes(2 * Int64($0)) }
        if multipliers.isValid, organization.row.isValid {
            let row = organization.row
            if !row.value.count.isMultiple(of: slice.value.count) {
                reader.report(
                    "'\(multipliers.name)' is \(multipliers.value) but their slice of fp16 values (\(slice.value)) must "
                        + "divide \(row.name) (\(row.text)), \(row.origin)",
                    at: multipliers.mark, keyPath: multipliers.path)
            }
        }
        let buffer = Setting(reader.key("operand_buffer").size(atLeast: Bytes(1), atMost: .mebibytes(64)))
        let row = organization.row
        reader.require(
            buffer.value.count.isMultiple(of: max(1, row.value.count)), buffer, "must be a multiple of", row,
            converse: "must divide")
        let banks = organization.banks
        let timing = PIMTiming.decode(reader, device: device)
        if banks.isValid, banks.value > 4, timing.activation != .allBanks {
            reader.report(
                "'pim' opens a row in all banks of a group at once, at most the 4 of the four-activate window, but "
                    + "\(banks.name) is \(banks.text), \(banks.origin)",
                at: reader.mark, keyPath: reader.path)
        }
        let units = PIMUnits(
            timing: timing, multipliersPerBank: multipliers.value,
            operandBufferBytes: Int(buffer.value.count),
            compositeCommands: reader.key("composite_commands").bool().value,
            issue: reader.key("issue").choice(PIMIssue.self).value,
            operandSource: reader.key("operand_source").choice(PIMOperandSource.self).value,
            valueAppend: reader.key("value_append").choice(ValueAppend.self).value)
        let slices = organization.value.rowBytes / max(1, 2 * multipliers.value)
        let commands = slices * timing.level.banksPerUnit(in: device)
        if commands > Int(Int16.max), multipliers.isValid, organization.row.isValid {
            reader.report(
                "a row takes \(commands) dot-products with '\(multipliers.name)' \(multipliers.value) at level "
                    + "\(timing.level.rawValue) but a header announces at most \(Int16.max)",
                at: multipliers.mark, keyPath: multipliers.path)
        }
        let queues = PIMController(
            requestQueueDepth: reader.key("request_queue").int(in: 1...4096).value,
            commandQueueDepth: reader.key("command_queue").int(in: 1...4096).value,
            refreshFit: reader.key("refresh_fit").choice(RefreshFit.self).value,
            separatePort: reader.key("separate_port").bool().value,
            waitsForWrites: reader.key("waits_for_writes").bool().value)
        return (units, queues)
    }
}

extension PIMTiming {
    /// Notes PIM operations that never fit between two refreshes of the channel, so that they would wait forever: the
    /// write of one operand, and the dot-products of one row.
    ///
    /// Times are compared in clocks.
    static func checkRefresh(
        _ reader: Reader, _ units: PIMUnits, _ device: StandardDevice, _ organization: OrganizationSettings,
        timing: StandardDevice.TimingSettings, policy: RefreshPolicy
    ) {
        let ranks = organization.ranks
        let isPerBank = policy == .perBank
        let interval = isPerBank ? timing.bankRefreshInterval ?? timing.refreshInterval : timing.refreshInterval
        guard policy != .none, interval.isValid, ranks.isValid, organization.row.isValid,
            timing.refreshInterval.value > timing.values["nRFC"]!
        else { return }
        let memory = DRAMIntervals(device)
        let perClock = device.standard.ticksPerClock
        let between = policy == .allBankStaggered ? interval.value / max(1, ranks.value) : interval.value
        let slices = organization.value.rowBytes / max(1, 2 * units.multipliersPerBank)
        let dots = max(slices * units.timing.level.banksPerUnit(in: device), units.timing.fillDotProducts)
        let opening = memory.nFAW * (organization.groups.value - 1) + memory.nRCDRD
        let operations = [
            ("tGWRITE", "writing an operand", units.timing.nGWRITE + memory.nRP + memory.nRCDRD),
            ("tDOT", "a row of dot-products", opening + units.timing.nDOT * (dots + 1) + memory.nRP),
        ]
        for (name, what, ticks) in operations {
            let cycles = (ticks + perClock - 1) / perClock
            guard cycles + 2 >= between, let element = reader.ifPresent(name) else { continue }
            reader.report(
                "with '\(name)' \(what) takes \(cycles) cycles but must fit between two refreshes, every \(between) "
                    + "cycles with \(interval.name) (\(interval.text)), \(interval.origin), and ranks (\(ranks.text)), "
                    + ranks.origin,
                at: element.mark, keyPath: element.path)
        }
    }

    /// Times are in ticks: whole clocks, since the commands of PIM units start on rising edges.
    fileprivate static func decode(_ reader: Reader, device: StandardDevice) -> PIMTiming {
        func ticks(_ name: String) -> Int {
            StandardDevice.cycles(reader.key(name), of: device.clock, atLeast: 1, reader).value
                * device.standard.ticksPerClock
        }
        let level = reader.ifPresent("level")?.choice(PIMLevel.self).value ?? .bank
        let interval = ticks("tDOT")
        let spacing = level.columnSpacing(of: device)
        if let dot = reader.ifPresent("tDOT"), interval < spacing {
            let clocks = (spacing + device.standard.ticksPerClock - 1) / device.standard.ticksPerClock
            reader.report(
                "'tDOT' is shorter than the \(clocks) cycles in which the columns of \(level.rawValue) units follow one "
                    + "another on \(device.standard.name)",
                at: dot.mark, keyPath: dot.path)
        }
        return PIMTiming(
            rowBuffers: reader.key("row_buffers").int(in: 1...2).value,
            nGWRITE: ticks("tGWRITE"), nDOT: interval,
            fillDotProducts: reader.key("fill_dot_products").int(in: 1...1024).value,
            close: reader.key("close").choice(PIMClose.self).value,
            result: reader.key("result").choice(PIMResult.self).value,
            activation: reader.key("activation").choice(PIMActivationSharing.self).value, level: level,
            resultRegisters: reader.ifPresent("result_registers")?.int(in: 1...2).value ?? 1)
    }
}
