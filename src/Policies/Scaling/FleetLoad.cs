namespace SimServe.Policies.Scaling;

/// <summary>What a scaling policy sees.</summary>
/// <param name="Ready">Workers that take requests.</param>
/// <param name="Starting">Workers that are being provisioned or load their model.</param>
/// <param name="Draining">Workers that finish what they have and then stop.</param>
/// <param name="Waiting">Requests that wait at the gateway or at workers.</param>
/// <param name="Running">Requests in batches.</param>
/// <param name="Arrivals">Requests that arrived since the last decision.</param>
/// <param name="BusyShare">Share of the time since the last decision in which ready workers denoised, from 0 to 1.</param>
/// <param name="Interval">Time since the last decision.</param>
public readonly record struct FleetLoad(
    int Ready, int Starting, int Draining, int Waiting, int Running, long Arrivals, double BusyShare, TimeSpan Interval);
