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
