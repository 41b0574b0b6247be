extension DRAMStandard {
    /// The standards that a machine file may name, each with the name it has there.
    public static let named: [(name: String, standard: DRAMStandard)] = [
        ("hbm2-legacy", .hbm2Legacy), ("hbm2", .hbm2), ("hbm3", .hbm3), ("ddr4", .ddr4), ("ddr5", .ddr5),
        ("lpddr4", .lpddr4), ("lpddr5", .lpddr5),
    ]

    /// The timing values that a device of this standard must state: those of its table and what every controller needs.
    public var timingNames: [String] {
        var wanted: Set<String> = ["nCL", "nCWL", "nCCDS", "nCCDL", "nREFI"]
        for constraint in constraints {
            let terms = constraint.distance.split(separator: " ")
            wanted.formUnion(terms.filter { $0.first == "n" }.map(String.init))
        }
        if has(.refpb) { wanted.insert("nREFIpb") }
        if splitsActivation { wanted.formUnion(["nAAD", "nWCKPST", "nCAS"]) }
        let known = Self.usualOrder.filter(wanted.contains)
        return known + wanted.subtracting(known).sorted()
    }

    /// Values of which zero makes sense.
    static let mayBeZero: Set<String> = ["nRTRS", "nCS", "nCAS", "nWCKPST", "nPPD"]

    private static let usualOrder = [
        "nBL", "nBL_min", "nBL_max", "nCL", "nCWL", "nRCD", "nRCDRD", "nRCDWR", "nRP", "nRPab", "nRAS", "nRC", "nCCDS",
        "nCCDL", "nCCDS_WR", "nCCDL_WR", "nCCDR", "nRRDS", "nRRDL", "nFAW", "nWTRS", "nWTRL", "nRTW", "nWR", "nRTP",
        "nRTPL", "nPPD", "nRTRS", "nCS", "nCAS", "nAAD", "nWCKPST", "nRFC", "nRFCpb", "nRREFD", "nPBR2PBR", "nPBR2ACT",
        "nREFI", "nREFIpb",
    ]
}
