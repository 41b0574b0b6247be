extension PIMTiming {
    /// The rules of the PIM commands on a channel of a device.
    ///
    /// With two row buffers only the real couplings stay: activation power, the shared command slots, the data bus,
    /// the operand path, refresh. With one, the PIM commands see the bank as column commands do.
    public func rules(on device: StandardDevice) -> [TimingRule] {
        let memory = DRAMIntervals(device)
        let act = device.standard.activation
        let extra = (resultBursts(on: device) - 1) * memory.nBL
        return activationRules(memory, act) + operandRules(memory, act) + operandBusRules(memory, resultExtra: extra)
            + dotProductRules(memory, resultExtra: extra) + gemvRules(memory, resultExtra: extra)
            + busRules(device.standard)
    }

    private var isDual: Bool { rowBuffers == 2 }
    private var close1: [DRAMCommand] { isDual ? [.pimPrecharge] : [.pre, .prea] }

    private func activationRules(_ memory: DRAMIntervals, _ act: DRAMCommand) -> [TimingRule] {
        let sameBank = isDual ? memory.nRRDL : memory.nRC
        var rules = [
            TimingRule("ACT to PIM_ACTIVATE, same bank", .bank, [act], [.pimActivate], sameBank),
            TimingRule("nRRDL", .group, [act], [.pimActivate], memory.nRRDL),
            TimingRule("nRRDS", .rank, [act], [.pimActivate], memory.nRRDS),
            TimingRule("PIM_ACTIVATE to ACT, same bank", .group, [.pimActivate], [act], sameBank),
            TimingRule("nRC", .group, [.pimActivate], [.pimActivate], memory.nRC),
            TimingRule("nRCDRD", .group, [.pimActivate], [.pimDotProduct, .pimGemv, .pimRdResult], memory.nRCDRD),
            TimingRule("nRFC", .rank, [.refab], [.pimActivate], memory.nRFC),
        ]
        if memory.nRFCpb > 0 { rules.append(TimingRule("nRFCpb", .bank, [.refpb], [.pimActivate], memory.nRFCpb)) }
        if isDual {
            rules.append(TimingRule("nRAS", .group, [.pimActivate], [.pimPrecharge], memory.nRAS))
            rules.append(TimingRule("nRP", .bank, [.pimPrecharge], [.pimActivate, .refab, .refpb], memory.nRP))
            if memory.nPPD > 0 {
                rules.append(TimingRule("nPPD", .rank, [.pimPrecharge], [.pre, .pimPrecharge], memory.nPPD))
                rules.append(TimingRule("nPPD", .rank, [.pre], [.pimPrecharge], memory.nPPD))
            }
        } else if close == .afterDotProducts {
            rules.append(TimingRule("nRAS", .group, [.pimActivate], [.pre, .prea], memory.nRAS))
            rules.append(TimingRule("nRP", .bank, [.pre], [.pimActivate], memory.nRP))
            rules.append(TimingRule("nRP", .rank, [.prea], [.pimActivate], memory.nRP))
        }
        switch activation {
        case .spacing:
            rules.append(TimingRule("nFAW spacing", .rank, [.pimActivate], [act, .pimActivate], memory.nFAW))
        case .allBanks: break
        case .sharedWindow:
            rules.append(TimingRule("nRRDS", .rank, [.pimActivate], [act, .pimActivate], memory.nRRDS))
        }
        return rules
    }

    private func operandRules(_ memory: DRAMIntervals, _ act: DRAMCommand) -> [TimingRule] {
        [
            TimingRule("nRCDRD", .bank, [act], [.pimGwrite], memory.nRCDRD),
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

    /// `PIM_WRITE` moves operand bursts over the data bus like WR; its `dotProducts` counts the bursts of each bus.
    private func operandBusRules(_ memory: DRAMIntervals, resultExtra: Int) -> [TimingRule] {
        let burst = memory.readToRead
        let uses: [DRAMCommand] = [.pimWrite, .pimGwrite, .pimDotProduct, .pimGemv, .pimRdResult, .wr]
        return [
            TimingRule("operand bursts", .channel, [.pimWrite], uses, 0, perDotProduct: burst, minimumDotProducts: 1),
            TimingRule(
                "operand bursts to read", .channel, [.pimWrite], [.rd], memory.writeToRead - burst,
                perDotProduct: burst, minimumDotProducts: 1),
            TimingRule("read to operand bursts", .rank, [.rd], [.pimWrite], memory.readToWrite),
            TimingRule("nCCDS", .rank, [.wr], [.pimWrite], burst),
            TimingRule("nGWRITE", .channel, [.pimGwrite], [.pimWrite], nGWRITE),
            TimingRule("nDOT", .channel, [.pimDotProduct], [.pimWrite], nDOT),
            TimingRule("dot-products", .channel, [.pimGemv], [.pimWrite], 0, perDotProduct: nDOT),
            TimingRule("result to write", .channel, [.pimRdResult], [.pimWrite], memory.readToWrite + resultExtra),
        ]
    }

    private func dotProductRules(_ memory: DRAMIntervals, resultExtra: Int) -> [TimingRule] {
        let afterResult: [DRAMCommand] =
            resultRegisters > 1 ? [.pimGwrite, .pimRdResult] : [.pimGwrite, .pimDotProduct, .pimRdResult]
        return [
            TimingRule("nDOT", .channel, [.pimDotProduct], [.pimDotProduct, .pimRdResult], nDOT),
            TimingRule(
                "adder tree fills", .channel, [.pimDotProduct], [.pimRdResult], fillDotProducts * memory.nCCDS,
                firstOnly: true),
            TimingRule("nCCDS", .channel, [.pimDotProduct], [.rd, .pimGwrite], memory.readToRead),
            TimingRule("dot-product to write", .channel, [.pimDotProduct], [.wr], memory.readToWrite),
            TimingRule("nRTP", .channel, [.pimDotProduct, .pimRdResult], close1, memory.nRTP),
            TimingRule(
                "nCCDS", .channel, [.pimRdResult], afterResult, memory.readToRead + resultExtra),
            TimingRule(
                "nBL+nRTRS", .channel, [.pimRdResult], [.rd], memory.readToReadOtherRank + resultExtra),
            TimingRule("result to write", .channel, [.pimRdResult], [.wr], memory.readToWrite + resultExtra),
            TimingRule("nRTP+nRP", .channel, [.pimRdResult], [.pimActivate], memory.nRTP + memory.nRP),
            TimingRule("nCCDS", .rank, [.rd], [.pimDotProduct, .pimRdResult], memory.readToRead),
            TimingRule("write to dot-product", .rank, [.wr], [.pimDotProduct, .pimRdResult], memory.writeToRead),
        ]
    }

    private func gemvRules(_ memory: DRAMIntervals, resultExtra: Int) -> [TimingRule] {
        var rules = [
            TimingRule(
                "dot-products and result", .channel, [.pimGemv], [.pimGemv], resultRegisters > 1 ? 0 : nDOT,
                perDotProduct: nDOT,
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
            rules.append(
                TimingRule("nBL+nRTRS", .channel, [.pimGemv], [.rd], memory.readToReadOtherRank + resultExtra))
            rules.append(
                TimingRule("result to write", .channel, [.pimGemv], [.wr], memory.readToWriteOtherRank + resultExtra))
        }
        return rules
    }

    /// PIM commands take their bus as long as the memory commands of their kind: one that opens rows as long as ACT (or
    /// ACT1 and ACT2 together), one that reads columns as long as RD.
    private func busRules(_ standard: DRAMStandard) -> [TimingRule] {
        let row: [DRAMCommand] = [.pimActivate, .pimPrecharge, .pimHeader]
        let column: [DRAMCommand] = [.pimGwrite, .pimWrite, .pimDotProduct, .pimRdResult, .pimGemv]
        let others: [DRAMCommand] = [standard.activation, .pre, .prea, .refab, .refpb]
        let transfers: [DRAMCommand] = [.rd, .wr]
        let isShared = standard.buses == .shared
        let opening = standard.splitsActivation ? 2 : standard.commandTicks[.act] ?? 1
        let reading = standard.commandTicks[.rd] ?? 1
        var rules: [TimingRule] = []
        func keep(_ first: [DRAMCommand], _ next: [DRAMCommand], for ticks: Int) {
            if ticks > 1 { rules.append(TimingRule("command bus", .channel, first, next, ticks)) }
        }
        keep([.pimActivate], row + others + (isShared ? column + transfers : []), for: opening)
        keep(column, column + transfers + (isShared ? row + others : []), for: reading)
        keep([.act], row + (isShared ? column : []), for: standard.commandTicks[.act] ?? 1)
        keep(transfers, column + (isShared ? row : []), for: reading)
        return rules
    }
}
