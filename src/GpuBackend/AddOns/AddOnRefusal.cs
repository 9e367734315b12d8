using SimServe.GpuBackend.ModelFiles;
using SimServe.Policies;

namespace SimServe.GpuBackend.AddOns;

/// <summary>Add-ons that cannot be loaded.</summary>
internal static class AddOnRefusal
{
    /// <summary>Says why to those who asked for it.</summary>
    /// <param name="what">What cannot be loaded.</param>
    /// <param name="error">What went wrong.</param>
    public static DeviceReport Of(string what, Exception error) =>
        DeviceReport.Refused(error is IOException or ModelFileException ? error.Message : $"{what} could not be loaded: {error.Message}");
}
