namespace SimServe.GpuBackend.Devices;

// What one of a device's threads does.
internal enum StreamRole
{
    // Steps and recordings.
    Compute,

    // Loads of cached rows, beside the steps.
    Copy,

    // Encoding and decoding of requests.
    PrePost,
}
