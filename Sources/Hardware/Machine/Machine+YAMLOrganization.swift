import Quantities
import YAMLTree

/// The organisation of a channel with the place of each value.
struct OrganizationSettings {
    var ranks: Setting<Int>
    var stacks: Setting<Int>
    var groups: Setting<Int>
    var banks: Setting<Int>
    var rows: Setting<Int>
    var row: Setting<Bytes>
    var burst: Setting<Bytes>

    var value: DRAMOrganization {
        DRAMOrganization(
            ranks: ranks.value, stacksPerRank: stacks.value, groupsPerRank: groups.value, banksPerGroup: banks.value,
            rows: rows.value,
            rowBytes: Int(row.value.count), burstBytes: Int(burst.value.count))
    }
}

extension DRAMOrganization {
    /// Decodes the section `memory.organization`, which the device may give in part or whole.
    static func decode(_ memory: Reader, preset: Preset, given: DRAMOrganization?) -> OrganizationSettings {
        let reader = section("organization", of: memory, isOptional: preset.named != nil)
        func count(_ name: String, upTo limit: Int, _ value: Int?) -> Setting<Int> {
            preset.int(name, of: reader, in: 1...limit, else: value)
        }
        func size(_ name: String, upTo limit: Bytes, _ value: Int?) -> Setting<Bytes> {
            preset.setting(name, of: reader, else: value.map { Bytes(Int64($0)) }) {
                Setting($0.size(atLeast: Bytes(1), atMost: limit))
            }
        }
        let ranks = count("ranks", upTo: 16, given?.ranks)
        // Stack IDs divide the bank groups of a rank or pseudo-channel (HBM3); elsewhere there is one.
        let stacks =
            preset.named == nil
            ? reader.ifPresent("stacks").map { Setting($0.int(in: 1...16)) } ?? ranks.map { _ in 1 }
            : count("stacks", upTo: 16, given?.stacksPerRank)
        var settings = OrganizationSettings(
            ranks: ranks, stacks: stacks, groups: count("bank_groups", upTo: 64, given?.groupsPerRank),
            banks: count("banks_per_group", upTo: 64, given?.banksPerGroup),
            rows: count("rows", upTo: 1 << 24, given?.rows),
            row: size("row_size", upTo: .mebibytes(1), given?.rowBytes),
            burst: size("burst_size", upTo: .kibibytes(4), given?.burstBytes))
        check(&settings, reader)
        return settings
    }

    /// Notes what is wrong; a row size that is wrong is marked so, that nothing that depends on it is reported too.
    private static func check(_ settings: inout OrganizationSettings, _ reader: Reader) {
        let (stacks, groups) = (settings.stacks, settings.groups)
        reader.require(
            groups.value.isMultiple(of: max(1, stacks.value)), groups, "must be a multiple of", stacks,
            converse: "must divide")
        for count in [settings.ranks, settings.stacks, settings.groups, settings.banks, settings.rows] {
            reader.require(count.value.nonzeroBitCount == 1, count, "must be a power of two")
        }
        reader.require(settings.burst.value.count.nonzeroBitCount == 1, settings.burst, "must be a power of two")
        let (row, burst) = (settings.row, settings.burst)
        let isMultiple = row.value.count.isMultiple(of: max(1, burst.value.count))
        reader.require(isMultiple, row, "must be a multiple of", burst, converse: "must divide")
        let isPowerOfTwo = row.value.count.nonzeroBitCount == 1
        if isMultiple { reader.require(isPowerOfTwo, row, "must be a power of two") }
        settings.row.isValid = row.isValid && isMultiple && isPowerOfTwo
        checkBanks(settings, reader)
    }

    /// A channel has at most 64 banks: the controller keeps a bit of a word for each.
    private static func checkBanks(_ settings: OrganizationSettings, _ reader: Reader) {
        let factors = [settings.ranks, settings.groups, settings.banks]
        let banks = factors.reduce(1) { $0 * $1.value }
        guard banks > 64, factors.allSatisfy(\.isValid) else { return }
        // Reported at the first factor that the file itself states.
        let subject = factors.first { $0.preset == nil } ?? settings.ranks
        let others = factors.filter { $0.name != subject.name }.map { "\($0.name) (\($0.text)), \($0.origin)" }
        reader.report(
            "'\(subject.name)' is \(subject.text) but a channel has at most 64 banks, not \(banks), with "
                + others.joined(separator: ", and "),
            at: subject.mark, keyPath: subject.path)
    }
}

/// A nested section; where a preset may supply all of it, its absence is not noted.
func section(_ name: String, of reader: Reader, isOptional: Bool) -> Reader {
    if isOptional, let element = reader.ifPresent(name) { return element.mapping() }
    if isOptional { return reader.absentSection(name) }
    return reader.key(name).mapping()
}
