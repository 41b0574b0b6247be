import Quantities
import YAMLTree

extension PIMUnits {
    /// Decodes the section `memory.pim`: the units, their timing, and how the controller queues their commands.
    static func decode(
        _ reader: Reader, clock: Hertz, organization: OrganizationSettings
    ) -> (PIMUnits, PIMController) {
        let multipliers = reader.key("multipliers_per_bank").int(in: 1...1024)
        let slice = multipliers.map { Bytes(2 * Int64($0)) }
        if multipliers.isValid, organization.row.isValid {
            let row = organization.row
            if !row.value.count.isMultiple(of: slice.value.count) {
                reader.report(
                    "'multipliers_per_bank' is \(multipliers.value) but their slice of fp16 values (\(slice.value)) must "
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
        if banks.isValid, banks.value > 4 {
            reader.report(
                "'pim' opens a row in all banks of a group at once, at most the 4 of the four-activate window, but "
                    + "\(banks.name) is \(banks.text), \(banks.origin)",
                at: reader.mark, keyPath: reader.path)
        }
        let units = PIMUnits(
            timing: PIMTiming.decode(reader, clock: clock), multipliersPerBank: multipliers.value,
            operandBufferBytes: Int(buffer.value.count),
            compositeCommands: reader.key("composite_commands").bool().value,
            issue: reader.key("issue").choice(PIMIssue.self).value,
            operandSource: reader.key("operand_source").choice(PIMOperandSource.self).value,
            valueAppend: reader.key("value_append").choice(ValueAppend.self).value)
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
    /// - Parameter interval: nREFI of a rank; nil without refresh.
    static func checkRefresh(
        _ reader: Reader, _ units: PIMUnits, _ memory: HBM2Timing, _ organization: OrganizationSettings,
        interval: Setting<Int>?
    ) {
        let ranks = organization.ranks
        guard let interval, interval.isValid, ranks.isValid, organization.row.isValid, interval.value > memory.nRFC
        else { return }
        let between = interval.value / max(1, ranks.value)
        let dots = max(organization.value.rowBytes / max(1, 2 * units.multipliersPerBank), units.timing.fillDotProducts)
        let opening = memory.nFAW * (organization.groups.value - 1) + memory.nRCDRD
        let operations = [
            ("tGWRITE", "writing an operand", units.timing.nGWRITE + memory.nRP + memory.nRCDRD),
            ("tDOT", "a row of dot-products", opening + units.timing.nDOT * (dots + 1) + memory.nRP),
        ]
        for (name, what, cycles) in operations where cycles + 2 >= between {
            guard let element = reader.ifPresent(name) else { continue }
            reader.report(
                "with '\(name)' \(what) takes \(cycles) cycles but must fit between two refreshes, every \(between) "
                    + "cycles with tREFI (\(interval.text)), \(interval.origin), and ranks (\(ranks.text)), "
                    + ranks.origin,
                at: element.mark, keyPath: element.path)
        }
    }

    fileprivate static func decode(_ reader: Reader, clock: Hertz) -> PIMTiming {
        let period = ClockPeriod(of: clock)
        return PIMTiming(
            rowBuffers: reader.key("row_buffers").int(in: 1...2).value,
            nGWRITE: HBM2Timing.cycles(reader.key("tGWRITE"), of: period, atLeast: 1, reader).value,
            nDOT: HBM2Timing.cycles(reader.key("tDOT"), of: period, atLeast: 1, reader).value,
            fillDotProducts: reader.key("fill_dot_products").int(in: 1...1024).value,
            close: reader.key("close").choice(PIMClose.self).value,
            result: reader.key("result").choice(PIMResult.self).value,
            activation: reader.key("activation").choice(PIMActivationSharing.self).value)
    }
}
