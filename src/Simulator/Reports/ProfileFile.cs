using System.Security.Cryptography;
using System.Text.Json;
using SimServe.Policies.Profiles;
using SimServe.Simulator.Calibration;
using SimServe.Simulator.Scenarios;

namespace SimServe.Simulator.Reports;

/// <summary>A profile as a file: the measurements, and beside them what was fitted to them.</summary>
/// <param name="Seal">SHA-256 of the measurements as they were written: a file that somebody has edited since is not read.</param>
/// <param name="Profile">The measurements: all that is read back.</param>
/// <param name="Fit">The fitted terms, for people; fitted again when the file is read.</param>
public sealed record ProfileFile(string Seal, DeviceProfile Profile, IReadOnlyCollection<TermFit> Fit)
{
    /// <summary>The file of a profile.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="costs">The model fitted to it.</param>
    public static ProfileFile Of(DeviceProfile profile, FittedCostModel costs)
    {
        ArgumentNullException.ThrowIfNull(costs);
        return new ProfileFile(SealOf(profile), profile, costs.Terms);
    }

    /// <summary>The seal of a profile.</summary>
    /// <param name="profile">The profile.</param>
    public static string SealOf(DeviceProfile profile) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(profile, RunFolder.Json)));

    /// <summary>Reads a profile.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="InvalidInputException">It is not a profile of this version, or it was edited after it had been written.</exception>
    public static DeviceProfile Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var content = document.RootElement.GetProperty("profile");
            var schema = content.GetProperty("schema").GetInt32();
            if (schema != DeviceProfile.CurrentSchema)
            {
                throw Invalid(path, $"schema {schema}", $"schema {DeviceProfile.CurrentSchema}");
            }

            var profile = content.Deserialize<DeviceProfile>(RunFolder.Json)!;
            return document.RootElement.GetProperty("seal").GetString() == SealOf(profile)
                ? profile
                : throw Invalid(path, "numbers that were changed after they had been measured (the seal does not fit them)", "a profile as it was written");
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            throw Invalid(path, fault.Message, "a profile that 'simserve profile' or 'simserve validate' wrote");
        }
    }

    private static InvalidInputException Invalid(string path, string found, string allowed) =>
        new(path, [new InputFault("profile", found, allowed, "Measure it again, with 'simserve profile'.")]);
}
