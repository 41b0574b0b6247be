/// Tables for arithmetic, on-chip memory and links.
extension EnergyTable {
    /// The table of that name.
    ///
    /// SRAM is charged by the size class of one bank of the scratchpad. Banks are taken to be of at most 1 MiB, the
    /// largest class that the sources give: the smallest class that holds the scratchpad, or that one. Wires from the
    /// bank to the units are not included.
    public static func logic(named name: String, scratchpadBytes: Int) -> EnergyTable {
        guard let node = LogicNode.all.first(where: { $0.name == name }) else {
            preconditionFailure("there is no logic energy table '\(name)'")
        }
        return node.table(scratchpadBytes: scratchpadBytes)
    }
}

/// Prices of one process node, with the words for their source.
private struct LogicNode: Sendable {
    var name: String
    /// fp16 or bf16 multiply with fp32 add; int8 multiply with int32 add. With the sum it is made of.
    var fp16MAC: (Double, String)
    var bf16MAC: (Double, String)
    var int8MAC: (Double, String)
    /// An fp32 multiply, charged for every elementary operation.
    var fp32Multiply: Double
    /// Picojoules of a 64-bit access to an SRAM of 8 KiB, 32 KiB and 1 MiB.
    var sram: [(bytes: Int, picojoules: Double)]
    var source: String

    static let all = [
        LogicNode(
            name: "horowitz-45nm",
            fp16MAC: (1.1 + 0.9, "fp16 multiply 1.1 + fp32 add 0.9"),
            bf16MAC: (1.6, "estimate: fp16 multiply 1.1 x bf16/fp16 at 7 nm (0.21/0.34) + fp32 add 0.9"),
            int8MAC: (0.2 + 0.1, "int8 multiply 0.2 + int32 add 0.1"), fp32Multiply: 3.7,
            sram: [(8 << 10, 10), (32 << 10, 20), (1 << 20, 100)],
            source: "Horowitz, Computing's energy problem, ISSCC 2014, 45 nm at 0.9 V (second hand)"),
        LogicNode(
            name: "jouppi-7nm",
            fp16MAC: (0.34 + 0.38, "fp16 multiply 0.34 + fp32 add 0.38"),
            bf16MAC: (0.21 + 0.38, "bf16 multiply 0.21 + fp32 add 0.38"),
            int8MAC: (0.07 + 0.03, "int8 multiply 0.07 + int32 add 0.03"), fp32Multiply: 1.31,
            sram: [(8 << 10, 7.5), (32 << 10, 8.5), (1 << 20, 14)],
            source: "Jouppi et al., Ten Lessons From Three Generations Shaped Google's TPUv4i, ISCA 2021, table 2, "
                + "7 nm (second hand)"),
    ]

    func table(scratchpadBytes: Int) -> EnergyTable {
        let bank = sram.first { $0.bytes >= scratchpadBytes } ?? sram[sram.count - 1]
        let bankName = bank.bytes == 1 << 20 ? "1 MiB" : "\(bank.bytes >> 10) KiB"
        let access = "\(source): \(bank.picojoules) pJ for a 64-bit access to \(bankName)"
        let link = "AttAcc simulator c600051, src/config.py: NVLink 1.3 pJ/bit"
        return EnergyTable(
            name: name,
            rows: [
                EnergyRow(.fp16MACs, fp16MAC.0, .perEvent, .chip, "\(source): \(fp16MAC.1)"),
                EnergyRow(.bf16MACs, bf16MAC.0, .perEvent, .chip, "\(source): \(bf16MAC.1)"),
                EnergyRow(.int8MACs, int8MAC.0, .perEvent, .chip, "\(source): \(int8MAC.1)"),
                EnergyRow(
                    .vectorOperations, fp32Multiply, .perEvent, .chip,
                    "\(source): every elementary operation as an fp32 multiply, an upper estimate"),
                EnergyRow(.sramReadBytes, bank.picojoules / 8, .perByte, .chip, access),
                EnergyRow(.sramWriteBytes, bank.picojoules / 8, .perByte, .chip, "\(access), writes taken as reads"),
                EnergyRow(.linkBits, 1.3, .perBit, .io, link),
            ],
            notes: "Registers, control, clock and wires beyond the SRAM bank are not included.")
    }
}
