import Hardware
import SimCore

/// The log of a channel's commands as CSV.
public enum CommandLog {
    static let columns = ["cycle", "command", "rank", "bank_group", "bank", "row", "column", "dot_products"]

    /// A row for each command; bank group and bank are numbered within rank and group.
    ///
    /// Empty are the places that a command does not name: the bank of one for a whole group, group and bank of one for a
    /// rank, all of one for the channel.
    public static func csv(_ commands: [LoggedCommand], of organization: DRAMOrganization) -> String {
        header + rows(commands, of: organization)
    }

    /// The first line, for logs that are written piece by piece.
    public static var header: String { CSVWriter(columns: columns).text }

    /// The lines of some commands without the header.
    public static func rows(_ commands: [LoggedCommand], of organization: DRAMOrganization) -> String {
        var table = CSVWriter(columns: columns)
        for logged in commands { table.append(row(logged, organization)) }
        return String(table.text.dropFirst(header.count))
    }

    private static func row(_ logged: LoggedCommand, _ organization: DRAMOrganization) -> [CSVCell] {
        let scope = logged.command.scope
        let bank = scope == .channel ? nil : logged.bank
        let rank = bank.map { $0 / organization.banksPerRank }
        let group = scope >= .group ? bank.map { $0 / organization.banksPerGroup % organization.groupsPerRank } : nil
        let inGroup = scope >= .bank ? bank.map { $0 % organization.banksPerGroup } : nil
        let dots = logged.dotProducts
        return [
            CSVCell(logged.cycle), CSVCell(logged.command.mnemonic), CSVCell(rank), CSVCell(group), CSVCell(inGroup),
            CSVCell(logged.row), CSVCell(logged.column), CSVCell(dots > 0 ? dots : nil),
        ]
    }
}
