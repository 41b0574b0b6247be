extension PIMTiming {
    /// The rules of the PIM commands on a channel with `memory` timing.
    ///
    /// With two row buffers only the real couplings stay: activation power, the shared command slots, the data bus,
    /// the operand path, refresh. With one, the PIM commands see the bank as column commands do.
    public func rules(memory: HBM2Timing) -> [TimingRule] {
        activationRules(memory) + operandRules(memory) + dotProductRules(memory) + gemvRules(memory)
    }

    private var isDual: Bool { rowBuffers == 2 }
    private var close1: [DRAMCommand] { isDual ? [.pimPrecharge] : [.pre] }

    private func activationRules(_ memory: HBM2Timing) -> [TimingRule] {
        let sameBank = isDual ? memory.nRRDL : memory.nRC
        var rules = [
            TimingRule("ACT to PIM_ACTIVATE, same bank", .bank, [.act], [.pimActivate], sameBank),
            TimingRule("nRRDL", .group, [.act], [.pimActivate], memory.nRRDL),
            TimingRule("nRRDS", .rank, [.act], [.pimActivate], memory.nRRDS),
            TimingRule("PIM_ACTIVATE to ACT, same bank", .group, [.pimActivate], [.act], sameBank),
            TimingRule("nRC", .group, [.pimActivate], [.pimActivate], memory.nRC),
            TimingRule("nRCDRD", .group, [.pimActivate], [.pimDotProduct, .pimGemv, .pimRdResult], memory.nRCDRD),
            TimingRule("nRFC", .rank, [.refab], [.pimActivate], memory.nRFC),
        ]
        if isDual {
            rules.append(TimingRule("nRAS", .group, [.pimActivate], [.pimPrecharge], memory.nRAS))
            rules.append(TimingRule("nRP", .bank, [.pimPrecharge], [.pimActivate, .refab], memory.nRP))
        } else if close == .afterDotProducts {
            rules.append(TimingRule("nRAS", .group, [.pimActivate], [.pre], memory.nRAS))
            rules.append(TimingRule("nRP", .bank, [.pre], [.pimActivate], memory.nRP))
        }
        switch activation {
        case .spacing:
            rules.append(TimingRule("nFAW spacing", .rank, [.pimActivate], [.act, .pimActivate], memory.nFAW))
        case .sharedWindow:
            rules.append(TimingRule("nRRDS", .rank, [.pimActivate], [.act, .pimActivate], memory.nRRDS))
        }
        return rules
    }

    private func operandRules(_ memory: HBM2Timing) -> [TimingRule] {
        [
            TimingRule("nRCDRD", .bank, [.act], [.pimGwrite], memory.nRCDRD),
            TimingRule("nCCDL", .group, [.rd], [.pimGwrite], memory.readToReadSameGroup),
            TimingRule("nCCDS", .rank, [.rd], [.pimGwrite], memory.readToRead),
            TimingRule("write to operand write", .group, [.wr], [.pimGwrite], memory.writeToReadSameGroup),
            TimingRule("write to operand write", .rank, [.wr], [.pimGwrite], memory.writeToRead),
            TimingRule("nGWRITE", .bank, [.pimGwrite], [.rd, .wr, .pre], nGWRITE),
            TimingRule("nCCDS", .rank, [.pimGwrite], [.rd], memory.readToRead),
            TimingRule("operand write to write", .rank, [.pimGwrite], [.wr], memory.readToWrite),
            TimingRule(
                "nGWRITE", .channel, [.pimGwrite], [.pimGwrite, .pimDotProduct, .pimGemv, .pimRdResult], nGWRITE),
        ]
    }

    private func dotProductRules(_ memory: HBM2Timing) -> [TimingRule] {
        [
            TimingRule("nDOT", .channel, [.pimDotProduct], [.pimDotProduct, .pimRdResult], nDOT),
            TimingRule(
                "adder tree fills", .channel, [.pimDotProduct], [.pimRdResult], fillDotProducts * memory.nCCDS,
                firstOnly: true),
            TimingRule("nCCDS", .channel, [.pimDotProduct], [.rd, .pimGwrite], memory.readToRead),
            TimingRule("dot-product to write", .channel, [.pimDotProduct], [.wr], memory.readToWrite),
            TimingRule("nRTP", .channel, [.pimDotProduct, .pimRdResult], close1, memory.nRTP),
            TimingRule(
                "nCCDS", .channel, [.pimRdResult], [.pimGwrite, .pimDotProduct, .pimRdResult], memory.readToRead),
            TimingRule("nBL+nRTRS", .channel, [.pimRdResult], [.rd], memory.readToReadOtherRank),
            TimingRule("result to write", .channel, [.pimRdResult], [.wr], memory.readToWrite),
            TimingRule("nRTP+nRP", .channel, [.pimRdResult], [.pimActivate], memory.nRTP + memory.nRP),
            TimingRule("nCCDS", .rank, [.rd], [.pimDotProduct, .pimRdResult], memory.readToRead),
            TimingRule("write to dot-product", .rank, [.wr], [.pimDotProduct, .pimRdResult], memory.writeToRead),
        ]
    }

    private func gemvRules(_ memory: HBM2Timing) -> [TimingRule] {
        var rules = [
            TimingRule(
                "dot-products and result", .channel, [.pimGemv], [.pimGemv], nDOT, perDotProduct: nDOT,
                minimumDotProducts: fillDotProducts),
            TimingRule("nCCDS", .channel, [.pimGemv], [.pimGwrite], memory.readToRead),
            TimingRule("nRTP+nRP", .channel, [.pimGemv], [.pimActivate], memory.nRTP + memory.nRP),
        ]
        switch close {
        case .afterIssue:
            rules.append(TimingRule("nRTP", .channel, [.pimGemv], close1, memory.nRTP))
        case .afterDotProducts:
            rules.append(
                TimingRule(
                    "last dot-product + nRTP", .channel, [.pimGemv], close1, memory.nRTP - nDOT, perDotProduct: nDOT))
        }
        if result == .afterIssue {
            rules.append(TimingRule("nCCDS", .rank, [.rd], [.pimGemv], memory.readToRead))
            rules.append(TimingRule("write to dot-product", .rank, [.wr], [.pimGemv], memory.writeToRead))
            rules.append(TimingRule("nBL+nRTRS", .channel, [.pimGemv], [.rd], memory.readToReadOtherRank))
            rules.append(TimingRule("result to write", .channel, [.pimGemv], [.wr], memory.readToWriteOtherRank))
        }
        return rules
    }
}
