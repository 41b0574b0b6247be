import Hardware

extension DRAMCommand {
    /// Whether the command goes over the column command bus, where the standard has two: the memory commands that move a
    /// burst, and the PIM commands that read or fill columns, results or operands.
    var usesColumnBus: Bool {
        switch self {
        case .pimGwrite, .pimWrite, .pimDotProduct, .pimRdResult, .pimGemv: true
        default: isColumn
        }
    }
}
