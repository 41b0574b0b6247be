import Hardware

/// From the ports to the request queues and on to the command queues.
extension Channel {
    /// Sends a run of consecutive bursts to the channel; its completion is reported under `transfer`.
    ///
    /// - Parameters:
    ///   - base: index of the first burst within the channel.
    ///   - arrival: cycle in which the first request is at the port; not before the cycle the channel has reached.
    ///   - isPrefetch: what is sent without it goes first.
    public mutating func enqueue(
        base: Int, count: Int, isWrite: Bool, transfer: Int32, arrival: Int, interval: Int = 0,
        isPrefetch: Bool = false
    ) {
        let segment = Segment(
            base: base, count: count, arrival: arrival, interval: interval,
            slot: segments.open(transfer: transfer, count: count), isWrite: isWrite, isPIM: false)
        ports[isPrefetch ? Self.prefetchPort : Self.demandPort].append(segment)
        wake(at: arrival)
    }

    /// Sends PIM operations to the channel; they are carried out in order.
    public mutating func enqueue(pim operations: [PIMOperation], arrival: Int, interval: Int = 0) {
        guard !operations.isEmpty else { return }
        precondition(pim != nil, "a channel without PIM units takes no PIM operations")
        let segment = Segment(
            base: pimProgram.append(operations), count: operations.count, arrival: arrival, interval: interval, slot: 0,
            isWrite: false, isPIM: true)
        ports[ports.count > Self.pimPort ? Self.pimPort : Self.demandPort].append(segment)
        wake(at: arrival)
    }

    /// Lets up to `requestsPerCycle` requests of each port into the request queues; prefetches take what the other
    /// reads and writes leave.
    mutating func acceptFromPorts() {
        var left = profile.requestsPerCycle
        while left > 0, acceptOne(port: Self.demandPort) { left -= 1 }
        while left > 0, acceptOne(port: Self.prefetchPort) { left -= 1 }
        guard ports.count > Self.pimPort else { return }
        left = profile.requestsPerCycle
        while left > 0, acceptOne(port: Self.pimPort) { left -= 1 }
    }

    private mutating func acceptOne(port index: Int) -> Bool {
        guard ports[index].nextArrival <= now, canAccept(index) else { return false }
        let segment = ports[index].headSegment
        let position = ports[index].position
        ports[index].advance()
        if segment.isPIM {
            notePIMBusy()
            pimRequests.append(pimProgram.take(segment.base + position), at: now)
        } else {
            accept(burst: segment.base + position, segment: segment)
        }
        return true
    }

    /// Whether there is room for the next request of a port.
    @inline(__always)
    func canAccept(_ port: Int) -> Bool {
        switch ports[port].headKind {
        case .pim: !pimRequests.isFull
        case .write: !writeBuffer.isFull
        case .read: !readQueue.isFull && pendingReads.size < profile.outstandingReads
        }
    }

    private mutating func accept(burst: Int, segment: Segment) {
        counters.requests += 1
        let bank = map.bank(of: burst)
        let request = BurstRequest(
            burst: burst, accepted: now, segment: segment.slot, row: Int32(map.row(of: burst)), bank: Int16(bank),
            isWrite: segment.isWrite)
        if segment.isWrite {
            // A write is done for its sender once it is buffered; a second write of the burst merges with the first.
            if pendingWrites.count(of: burst) == 0 {
                _ = pendingWrites.insert(burst)
                writeBuffer.append(request)
            } else {
                counters.mergedWrites += 1
            }
            complete(request, at: now + 1)
        } else if pendingWrites.count(of: burst) > 0 {
            counters.forwardedReads += 1
            complete(request, at: now + 1)
        } else if pendingReads.insert(burst) == 1 {
            readQueue.append(request)
        } else {
            counters.mergedReads += 1
            mergedReads.append(request)
        }
    }

    /// Reports one request of a segment as done at `cycle`.
    mutating func complete(_ request: BurstRequest, at cycle: Int) {
        if !request.isWrite { readLatencies?.record(cycle - request.accepted) }
        if let completion = segments.complete(request.segment, at: cycle) { completions.append(completion) }
    }

    /// Moves one request from the request queues to the command queues.
    ///
    /// When nothing could move, nothing can until a request is accepted or a command starts.
    mutating func moveRequest() {
        movedRequest = false
        if dependencyLock == nil && drainsLeft == 0 {
            let idle = waiting == 0 && writeBuffer.count > profile.idleDrainThreshold
            if writeBuffer.isFull || idle || drainsForPIM { drainsLeft = writeBuffer.count }
        }
        switch chooseQueue() {
        case .pim:
            guard !pimRequests.isEmpty, !pimCommands.isFull else { return }
            pimCommands.append(pimRequests.removeHead())
            nextCommandCycle = min(nextCommandCycle, now + 1)
            movedRequest = true
        case .write: moveWrite()
        case .read: moveRead()
        }
    }

    private enum QueueChoice { case read, write, pim }

    private mutating func chooseQueue() -> QueueChoice {
        if dependencyLock != nil { return .read }
        guard !pimRequests.isEmpty else { return drainsLeft > 0 ? .write : .read }
        if pimRowBuffers == 1 {
            // Blocked mode: one order for reads and PIM; a request that cannot enter does not hold PIM back.
            // Nothing else starts inside an announced GEMV, so its own commands must not wait for the writes.
            if drainsLeft > 0 && !isPIMMode { return .write }
            return readQueue.isEmpty || !pimCommands.isEmpty ? .pim : pimOrReadByAge()
        }
        if drainsLeft > 0 && pimCommands.count >= 2 { return .write }
        return pimCommands.count < 2 || readQueue.isEmpty ? .pim : .read
    }

    /// In blocked mode reads keep their place before PIM requests that came later, unless they cannot move.
    private mutating func pimOrReadByAge() -> QueueChoice {
        for position in 0..<readQueue.count {
            let read = readQueue[position]
            if read.accepted > pimRequests.headAccepted { return .pim }
            if !bankQueues[Int(read.bank)].isFull { return .read }
        }
        return .pim
    }

    /// In blocked mode the command queues take no reads and writes while PIM commands wait, but for the writes that
    /// the PIM command itself waits for, and a read that holds such a write back.
    @inline(__always)
    private func takes(_ request: BurstRequest) -> Bool {
        if pimRowBuffers == 1 && !pimCommands.isEmpty {
            guard drainsForPIM, request.isWrite || dependencyLock == request.burst else { return false }
        }
        return !bankQueues[Int(request.bank)].isFull
    }

    private mutating func moveRead() {
        for position in 0..<readQueue.count where takes(readQueue[position]) {
            let request = readQueue.remove(at: position)
            if dependencyLock == request.burst { dependencyLock = nil }
            append(request)
            movedRequest = true
            return
        }
    }

    private mutating func moveWrite() {
        for position in 0..<writeBuffer.count {
            let request = writeBuffer[position]
            guard takes(request) else { continue }
            if pendingReads.count(of: request.burst) > 0 {
                // The older read goes first: hold writes back until it has left the read queue.
                for index in 0..<readQueue.count where readQueue[index].burst == request.burst {
                    dependencyLock = request.burst
                    break
                }
                drainsLeft = 0
                movedRequest = true  // The reads have their turn in the next cycle.
                return
            }
            drainsLeft -= 1
            append(writeBuffer.remove(at: position))
            movedRequest = true
            return
        }
    }
}
