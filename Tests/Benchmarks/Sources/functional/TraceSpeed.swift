struct TraceSpeed {
    func print() throws {}
}
