using System.Text.Json;
using SimServe.Policies.Profiles;
using SimServe.Simulator.Calibration;
using SimServe.Simulator.Scenarios;

namespace SimServe.Simulator.Reports;

/// <summary>A profile as a file: the measurements, and beside them what was fitted to them.</summary>
/// <param name="Profile">The measurements: all that is read back.</param>
/// <param name="Fit">The fitted terms, for people; fitted again when the file is read.</param>
public sealed record ProfileFile(DeviceProfile Profile, IReadOnlyCollection<TermFit> Fit)
{
    /// <summary>The file of a profile.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="costs">The model fitted to it.</param>
    public static ProfileFile Of(DeviceProfile profile, FittedCostModel costs) => new(profile, costs.Terms);

    /// <summary>Reads a profile.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="InvalidInputException">It is not a profile of this version.</exception>
    public static DeviceProfile Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var profile = document.RootElement.GetProperty("profile").Deserialize<DeviceProfile>(RunFolder.Json)!;
            return profile.Schema == DeviceProfile.CurrentSchema
                ? profile
                : throw Invalid(path, $"schema {profile.Schema}", $"schema {DeviceProfile.CurrentSchema}");
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            throw Invalid(path, fault.Message, "a profile that 'simserve validate' wrote as profile.json");
        }
    }

    private static InvalidInputException Invalid(string path, string found, string allowed) =>
        new(path, [new InputFault("profile", found, allowed, "Measure it again.")]);
}
