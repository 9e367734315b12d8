namespace SimServe.Simulator.Links;

/// <summary>How an awaited transfer ended.</summary>
/// <param name="BytesMoved">Bytes that were sent: all of them, unless it was cancelled.</param>
/// <param name="Cancelled">Whether <see cref="LinkNetwork.Cancel"/> ended it.</param>
public readonly record struct TransferReport(long BytesMoved, bool Cancelled);
