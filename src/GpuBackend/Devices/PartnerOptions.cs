using SimServe.GpuBackend.Masking;

namespace SimServe.GpuBackend.Devices;

/// <summary>The second device of a worker that shares the guidance branches of its requests between two.</summary>
/// <param name="Model">The model where it computes: the worker's, or the same on another device.</param>
/// <param name="Streams">Its streams.</param>
/// <param name="Exchange">Least time of every step in which predictions go from one device to the other, 0 or more.</param>
internal sealed record PartnerOptions(ServedModel Model, IDeviceStreams Streams, TimeSpan Exchange);
