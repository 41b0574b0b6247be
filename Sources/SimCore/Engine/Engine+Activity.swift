/// What was busy when.
extension Engine {
    /// The activity of all units so far; call `settle()` before.
    public mutating func activity() -> [UnitActivity] {
        _ = (npuBusy.settle(), arraysBusy.settle(), vectorsBusy.settle())
        var (pim, dram) = (ActivityProfile(), ActivityProfile())
        for channel in channels {
            let statistics = channel.settledStatistics(at: memoryCycles)
            pim.add(statistics.pimActivity)
            dram.add(statistics.dataBursts, times: channel.memory.nBL)
        }
        var list = [
            UnitActivity(unit: .systolic, units: 1, profile: arraysBusy.profile),
            UnitActivity(unit: .vector, units: 1, profile: vectorsBusy.profile),
            UnitActivity(unit: .npu, units: 1, profile: npuBusy.profile),
            UnitActivity(unit: .dram, units: channels.count * dataBuses, profile: dram),
        ]
        if channels.contains(where: { $0.pim != nil }) {
            list.insert(UnitActivity(unit: .pim, units: channels.count, profile: pim), at: 3)
        }
        return list
    }
}
