namespace SimServe.Simulator.Traces.Katz;

/// <summary>A node of the measured fleet.</summary>
/// <param name="Requests">Requests it served.</param>
/// <param name="Loras">Different LoRAs among them.</param>
public readonly record struct KatzNode(int Requests, int Loras);
