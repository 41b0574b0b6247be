extension Channel {
    /// Bursts that senders know as written and whose WR has not started yet.
    public var bufferedWrites: Int { pendingWrites.size }
}
